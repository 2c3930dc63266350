#!/usr/bin/env bash
# What a call through Tokenline costs its client in time, and an open stream the server in memory. The vendor and the load are bench/Tokenline.Bench.
#   bench/held.sh latency | memory
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/tools.sh curl jq
work=$(mktemp -d)
upstream=18101 tokenline=18103
pids=()
finish() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT

./tokenline --build # what ./run.sh runs
dotnet build bench/Tokenline.Bench -c Release -v q --nologo -clp:ErrorsOnly >&2
export TOKENLINE_DATA=$work/data TOKENLINE_URLS=http://127.0.0.1:$tokenline
export TOKENLINE__Gateway__DeploymentCallsPercent=100 # all streams are of one vendor here
dotnet src/Tokenline.Host/bin/app/tokenline.dll serve > "$work/serve.log" 2>&1 &
tokenline_pid=$!; pids+=($tokenline_pid)
for _ in $(seq 300); do curl -sf "$TOKENLINE_URLS/readyz" >/dev/null && break; sleep 0.1; done
source "$TOKENLINE_DATA/demo.env"
api() { curl -sf -X "$1" "$TOKENLINE_URL/api/v1/$2" -H "Authorization: Bearer $TOKENLINE_ADMIN_KEY" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
source bench/gateway-setup.sh
echo "machine  $(awk -F: '/model name/ {print $2; exit}' /proc/cpuinfo | xargs), $(nproc) cores; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version); load, vendor and server share the machine"
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
bench=(dotnet bench/Tokenline.Bench/bin/Release/net10.0/Tokenline.Bench.dll)
case "$1" in
  latency) "${bench[@]}" latency "$TOKENLINE_URLS" "$work/keys" $upstream "${BENCH_SECONDS:-20}" ;;
  memory) "${bench[@]}" memory "$TOKENLINE_URLS" "$work/keys" $upstream $tokenline_pid "${BENCH_STREAMS:-8000}" ;;
esac
