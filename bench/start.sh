#!/usr/bin/env bash
# From ./run.sh on a built tree to the first answered call: how long a newcomer waits, and an operator after a restart.
#   bench/start.sh [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/tools.sh curl jq
runs=${1:-9}
patience=60 # seconds; a start that takes longer has failed
work=$(mktemp -d)
export TOKENLINE_DATA=$work/data TOKENLINE_URLS=http://127.0.0.1:18104
export TOKENLINE_HISTORY=0 # the year of made-up history is made once, at the very first start
server=0
finish() { if [ "$server" != 0 ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi; rm -rf "$work"; }
trap finish EXIT
now() { date +%s%N; }

call() {
  curl -sf -o /dev/null "$TOKENLINE_URLS/v1/chat/completions" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' \
    -d '{"model":"deepseek-v4-flash","messages":[{"role":"user","content":"Hello [[simulate: tokens=1]]"}]}'
}

# One start. Asks again every 50 ms, and prints the milliseconds: asking more often takes a part of the processors away from what is measured.
start() {
  local from to key
  from=$(now)
  ./run.sh >"$work/serve.log" 2>&1 &
  server=$!
  while :; do
    key=$(sed -n 's/^export OPENAI_API_KEY=//p' "$TOKENLINE_DATA/demo.env" 2>/dev/null || true)
    [ -n "$key" ] && call "$key" && break
    if ! kill -0 "$server" 2>/dev/null || [ $((($(now) - from) / 1000000000)) -gt $patience ]; then
      cat "$work/serve.log" >&2
      echo "bench/start.sh: no call was answered" >&2
      exit 1
    fi
    sleep 0.05
  done
  to=$(now)
  took=$((($to - from) / 1000000))
  kill "$server"
  wait "$server" || true
  server=0
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

./tokenline --build
echo "machine  $(awk -F: '/model name/ {print $2; exit}' /proc/cpuinfo | xargs), $(nproc) cores; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version)"
echo "case                                     runs  median ms  lowest  highest"
row() { printf '%-40s %5d %10d %7d %8d\n' "$1" $(($# - 1)) "$(median "${@:2}")" "$(printf '%s\n' "${@:2}" | sort -n | head -n 1)" "$(printf '%s\n' "${@:2}" | sort -n | tail -n 1)"; }
cold=() warm=()
for _ in $(seq 3); do
  rm -rf "$TOKENLINE_DATA"
  start
  cold+=("$took")
done
for _ in $(seq "$runs"); do
  start
  warm+=("$took")
done
row "first start: an empty folder" "${cold[@]}"
row "later starts: a folder that is there" "${warm[@]}"
