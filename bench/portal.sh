#!/usr/bin/env bash
# The subscriber's console on the demo: how soon the first page can be used in a real browser, pages of 50 rows out of a month of calls, and what open consoles cost a node.
#   bench/portal.sh [consoles] [seconds] [records]
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/tools.sh curl jq
consoles=${1:-200} seconds=${2:-20} records=${3:-10000000}
work=$(mktemp -d)
export TOKENLINE_DATA=$work/data TOKENLINE_URLS=http://127.0.0.1:${BENCH_PORT:-18105}
# Sign-ins are limited by address: the bench says itself from which it comes.
export TOKENLINE__TrustedProxies=127.0.0.0/8
server=0
finish() {
  [ "$server" = 0 ] || kill "$server" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
./tokenline --build
for project in bench/Tokenline.Bench tests/Tokenline.Portal.Tests; do dotnet build $project -c Release -v q --nologo -clp:ErrorsOnly >&2; done
bench() { dotnet bench/Tokenline.Bench/bin/Release/net10.0/Tokenline.Bench.dll "$@"; }
start() {
  dotnet src/Tokenline.Host/bin/app/tokenline.dll serve --history 365 >>"$work/serve.log" 2>&1 &
  server=$!
  for _ in $(seq 1200); do
    curl -sf -o /dev/null "$TOKENLINE_URLS/readyz" && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  tail -20 "$work/serve.log" >&2
  echo "bench/portal.sh: the server did not start" >&2
  exit 1
}
stop() { kill "$server"; wait "$server" || true; server=0; }

model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
echo "machine  $model, $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo) GB; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version); $("$(tests/browser.sh)" --version 2>/dev/null | cut -d" " -f1,2); SQLite; browser and consoles share the machine; load before $(cut -d' ' -f1 /proc/loadavg)"
start
company=+8613712340000
customer=$(./tokenline customer create --phone $company --name Company --json)
party=$(jq -r .id <<<"$customer") account=$(jq -r '.account // .accountId' <<<"$customer")
keys=()
for name in website nightly trial; do keys+=("$(./tokenline key create --customer "$party" --name $name --json | jq -r .id)"); done

# In by the demo's number; its text message is on the page.
form() { curl -s -b "$work/jar" -c "$work/jar" -H 'Sec-Fetch-Site: same-origin' -H 'Accept-Language: en' "$@"; }
there=$(form -o /dev/null -w '%{redirect_url}' --data-urlencode _handler=number --data-urlencode phone=+8613800000000 "$TOKENLINE_URLS/sign-in")
code=$(form "$there" | grep -o 'code is [0-9]*' | head -1 | tr -dc 0-9)
form -o /dev/null --data-urlencode _handler=code --data-urlencode "code=$code" "$there"
[ "$(form -o /dev/null -w '%{http_code}' "$TOKENLINE_URLS/home")" = 200 ] || { echo "bench/portal.sh: not signed in" >&2; exit 1; }
session=$(awk '$6 ~ /session/ {print $7}' "$work/jar" | tail -1)
printf '%-52s %6s %10s %8s\n' page runs "median ms" highest
BENCH_URL=$TOKENLINE_URLS BENCH_SESSION=$session BENCH_LINES=$work/lines \
  dotnet tests/Tokenline.Portal.Tests/bin/Release/net10.0/Tokenline.Portal.Tests.dll -noColor -explicit only -class '*FirstPageBench' >"$work/browser.log" 2>&1 ||
  { tail -30 "$work/browser.log" >&2; exit 1; }
cat "$work/lines"

bench portal-consoles "$TOKENLINE_URLS" "$server" "$consoles" "$seconds"
stop
began=$SECONDS
bench usage-fill "$TOKENLINE_DATA/charges.db" "$account" "$(IFS=,; echo "${keys[*]}")" "$records"
echo "a month of $records usage records, half of them one company's; made in $((SECONDS - began)) s, journal $(($(stat -c %s "$TOKENLINE_DATA/charges.db") >> 20)) MB"
start
bench portal-pages "$TOKENLINE_URLS" $company "${keys[0]},${keys[2]}"
