#!/usr/bin/env bash
# The subscriber's console on the demo: how soon the first page is there, and what 200 open consoles cost a node.
#   bench/portal.sh [consoles] [seconds]
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/tools.sh curl
consoles=${1:-200} seconds=${2:-20}
work=$(mktemp -d)
export TOKENLINE_DATA=$work/data TOKENLINE_URLS=http://127.0.0.1:18105
server=0 watchers=()
finish() {
  for pid in "${watchers[@]}" $server; do [ "$pid" != 0 ] && kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
./tokenline --build
./tokenline serve >"$work/serve.log" 2>&1 &
server=$!
for _ in $(seq 600); do curl -sf -o /dev/null "$TOKENLINE_URLS/readyz" && break; sleep 0.1; done
process=$(pgrep -P "$server" -x dotnet || echo "$server")

form() { curl -s -b "$work/jar" -c "$work/jar" -H 'Sec-Fetch-Site: same-origin' -H 'Accept-Language: en' "$@"; }
# In by the demo's number; its text message is on the page.
there=$(form -o /dev/null -w '%{redirect_url}' --data-urlencode _handler=number --data-urlencode phone=+8613800000001 "$TOKENLINE_URLS/sign-in")
code=$(form "$there" | grep -o 'code is [0-9]*' | head -1 | tr -dc 0-9)
form -o /dev/null --data-urlencode _handler=code --data-urlencode "code=$code" "$there"
[ "$(form -o /dev/null -w '%{http_code}' "$TOKENLINE_URLS/home")" = 200 ] || { echo "bench/portal.sh: not signed in" >&2; exit 1; }

model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
echo "machine  $model, $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo) GB; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version); the consoles share the machine"
printf '%-44s %8s %10s %8s\n' case runs "median ms" highest
times() {
  local runs=30
  for _ in $(seq $runs); do form -o /dev/null -w '%{time_total}\n' "$TOKENLINE_URLS$2"; done | sort -n |
    awk -v what="$1" '{t[NR] = $1 * 1000} END {printf "%-44s %8d %10.1f %8.1f\n", what, NR, t[int((NR + 1) / 2)], t[NR]}'
}
rm -f "$work/first"
printf '%-44s %8d %10.1f\n' "first page after the start, signed in" 1 "$(form -o /dev/null -w '%{time_total}' "$TOKENLINE_URLS/usage" | awk '{print $1 * 1000}')"
times "home" /home
times "usage, 50 rows" /usage
times "shop" /shop
size=$(form --compressed -o /dev/null -w '%{size_download}' "$TOKENLINE_URLS/home")
echo "home is $size bytes of HTML; its style and script are cached for ever"

ticks() { awk '{print $14 + $15}' "/proc/$process/stat"; }
for _ in $(seq "$consoles"); do
  curl -sN -o /dev/null -b "$work/jar" "$TOKENLINE_URLS/live" &
  watchers+=($!)
done
sleep 3
before=$(ticks)
sleep "$seconds"
after=$(ticks)
awk -v n="$consoles" -v s="$seconds" -v t="$((after - before))" -v hz="$(getconf CLK_TCK)" \
  'BEGIN {printf "%d open consoles over %d s: %.2f %% of one core\n", n, s, 100 * t / hz / s}'
