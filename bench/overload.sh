#!/usr/bin/env bash
# What a server does that is asked for three times what it can do, and beside whoever takes without giving. The server has a core of its own; load and vendors have the others.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/tools.sh nginx curl jq
work=$(mktemp -d)
chmod 755 "$work"
upstream=18101 tokenline=18103 slow=18104
pids=()
finish() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

./tokenline --build # what ./run.sh runs
dotnet build bench/Tokenline.Bench -c Release -v q --nologo -clp:ErrorsOnly >&2
own=() others=()
cores=$(nproc)
if [ "$cores" -gt 1 ]; then own=(taskset -c 0) others=(taskset -c "1-$((cores - 1))"); fi
export TOKENLINE_DATA=$work/data TOKENLINE_URLS=http://127.0.0.1:$tokenline
"${own[@]}" dotnet src/Tokenline.Host/bin/app/tokenline.dll serve > "$work/serve.log" 2>&1 &
tokenline_pid=$!; pids+=($tokenline_pid)
[ "$cores" -gt 1 ] && taskset -cp "1-$((cores - 1))" $$ >/dev/null # the upstream, and all that starts from here on
source bench/upstream.sh
for _ in $(seq 300); do curl -sf "$TOKENLINE_URLS/readyz" >/dev/null && break; sleep 0.1; done
source "$TOKENLINE_DATA/demo.env"
api() { curl -sf -X "$1" "$TOKENLINE_URL/api/v1/$2" -H "Authorization: Bearer $TOKENLINE_ADMIN_KEY" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
source bench/gateway-setup.sh
api POST vendors "{\"id\":\"bench-slow\",\"baseUrl\":\"http://127.0.0.1:$slow/stream/v1\",\"apiKey\":\"bench\",\"allowPrivateAddress\":true}" >/dev/null
api PUT models/bench-slow '{"name":"Bench","ownedBy":"bench","contextTokens":128000,"outputTokensMax":8192,"price":{"currency":"CNY","tiers":[{"price":{"input":"2","output":"8"},"weights":{"general-token":{"input":"0.01","output":"0.01"}}}]}}' >/dev/null
api PUT models/bench-slow/deployments '{"vendor":"bench-slow"}' >/dev/null
echo "machine  $(awk -F: '/model name/ {print $2; exit}' /proc/cpuinfo | xargs), $cores cores; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version); the server on one core, load and vendors on the rest"
dotnet bench/Tokenline.Bench/bin/Release/net10.0/Tokenline.Bench.dll overload "$TOKENLINE_URLS" "$work/keys" $slow $tokenline_pid "${BENCH_SCALE:-100}"
api POST audit '{}' | jq -r '"audit    clean: \(.clean), open charges: \(.openCharges)"'
