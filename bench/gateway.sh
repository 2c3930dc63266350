#!/usr/bin/env bash
# One upstream (nginx with a fixed answer), the same load through nginx as a plain proxy and through Tokenline with keys, routing and durable charging.
# CPU is what the proxy's own processes used, by the kernel's account, divided by the calls they answered.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/tools.sh nginx wrk curl jq
seconds=${BENCH_SECONDS:-10}
work=$(mktemp -d)
chmod 755 "$work" # nginx gives up its rights and still has to read the answers
upstream=18101 proxy=18102 tokenline=18103
pids=()
finish() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT

./tokenline --build # what ./run.sh runs

source bench/upstream.sh # $work/*.json, nginx_conf, an upstream on $upstream
nginx_conf proxy $proxy 'location / { proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering on; }'

export TOKENLINE_DATA=$work/data TOKENLINE_URLS=http://127.0.0.1:$tokenline
dotnet src/Tokenline.Host/bin/app/tokenline.dll serve > "$work/serve.log" 2>&1 &
tokenline_pid=$!; pids+=($tokenline_pid)
for _ in $(seq 300); do curl -sf "$TOKENLINE_URLS/readyz" >/dev/null && break; sleep 0.1; done
source "$TOKENLINE_DATA/demo.env"
api() { curl -sf -X "$1" "$TOKENLINE_URL/api/v1/$2" -H "Authorization: Bearer $TOKENLINE_ADMIN_KEY" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
source bench/gateway-setup.sh # vendor, models, customers with large plans, and $work/keys

source bench/load.sh # body, $work/load.lua
ticks() { local sum=0 p; for p in $1 $(pgrep -P "$1" || true); do sum=$((sum + $(awk '{print $14 + $15}' "/proc/$p/stat"))); done; echo $sum; }
measure() { # title, port, pid, path, body, connections, more headers
  export BENCH_PATH=$4 BENCH_BODY=$5 BENCH_HEADERS=${7:-}
  wrk -t2 -c"$6" -d"${BENCH_WARMUP:-25}s" -s "$work/load.lua" "http://127.0.0.1:$2" >/dev/null
  local before after out requests errors
  before=$(ticks "$3"); out=$(wrk -t2 -c"$6" -d"${seconds}s" --latency -s "$work/load.lua" "http://127.0.0.1:$2"); after=$(ticks "$3")
  requests=$(awk '/requests in/ {print $1}' <<<"$out")
  errors=$(awk '/Non-2xx/ {print $NF}' <<<"$out")
  cpu=$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" 'BEGIN {printf "%.1f", t / hz * 1e6 / n}')
  printf '%-34s %6s %12s %14s %10s %10s %8s\n' "$1" "$6" "$(awk '/Requests\/sec/ {print $2}' <<<"$out")" "$cpu" "$(awk '$1=="50%" {print $2}' <<<"$out")" "$(awk '$1=="99%" {print $2}' <<<"$out")" "${errors:-0}"
}
echo "machine  $(awk -F: '/model name/ {print $2; exit}' /proc/cpuinfo | xargs), $(nproc) cores; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version); $(nginx -v 2>&1 | sed 's/nginx version: //'); load, upstream and proxy share the machine"
printf '%-34s %6s %12s %14s %10s %10s %8s\n' case conns requests/s 'CPU µs/call' p50 p99 errors
if [ "${1:-}" = translated ]; then # a stream in the vendor's protocol, and the same one translated
  for connections in 256 32; do
    measure "chat at a vendor of chat" $tokenline $tokenline_pid /v1/chat/completions "$(body bench-stream ',"stream":true')" $connections; base=$cpu
    for pair in "chat at a vendor of messages:/v1/chat/completions:bench-messages" "messages at a vendor of chat:/v1/messages:bench-stream" "responses at a vendor of chat:/v1/responses:bench-stream"; do
      IFS=: read -r title path model <<<"$pair"
      text=$(body "$model" ',"stream":true')
      [ "$path" = /v1/messages ] && text=$(jq -c '.system = .messages[0].content | .messages |= .[1:]' <<<"$text")
      [ "$path" = /v1/responses ] && text=$(jq -c '.input = .messages | .max_output_tokens = .max_tokens | del(.messages, .max_tokens) | .store = false' <<<"$text")
      measure "$title" $tokenline $tokenline_pid "$path" "$text" $connections
      echo "  ratio to the relayed stream at $connections connections: $(awk -v a="$cpu" -v b="$base" 'BEGIN {printf "%.2f", a / b}')"
    done
  done
  exit
fi
if [ "${1:-}" = peers ]; then # the same calls through another gateway, which has no accounts and charges nothing
  source bench/peer.sh # $peer, $peer_pid, $peer_version
  echo "peer     @portkey-ai/gateway $peer_version on Node $(node --version), without cache, keys of its own or charging"
  for connections in 256 32; do
    text=$(body bench '')
    measure "nginx, plain" $proxy "$proxy_pid" /v1/chat/completions "$text" $connections; base=$cpu
    measure "@portkey-ai/gateway, plain" $peer "$peer_pid" /v1/chat/completions "$text" $connections "x-portkey-provider: openai|x-portkey-custom-host: http://127.0.0.1:$upstream/v1"; other=$cpu
    measure "Tokenline, plain" $tokenline $tokenline_pid /v1/chat/completions "$text" $connections
    echo "  CPU a call at $connections connections, nginx = 1: @portkey-ai/gateway $(awk -v a="$other" -v b="$base" 'BEGIN {printf "%.1f", a / b}'), Tokenline $(awk -v a="$cpu" -v b="$base" 'BEGIN {printf "%.1f", a / b}')"
  done
  exit
fi
for connections in 256 32; do
  measure "nginx, plain" $proxy "$proxy_pid" /v1/chat/completions "$(body bench '')" $connections; base=$cpu
  measure "Tokenline, plain" $tokenline $tokenline_pid /v1/chat/completions "$(body bench '')" $connections
  echo "  ratio at $connections connections: $(awk -v a="$cpu" -v b="$base" 'BEGIN {printf "%.2f", a / b}')"
done
for connections in 256 32; do
  measure "nginx, stream of 40 events" $proxy "$proxy_pid" /stream/v1/chat/completions "$(body bench-stream ',"stream":true')" $connections; base=$cpu
  measure "Tokenline, stream of 40 events" $tokenline $tokenline_pid /v1/chat/completions "$(body bench-stream ',"stream":true')" $connections
  echo "  ratio at $connections connections: $(awk -v a="$cpu" -v b="$base" 'BEGIN {printf "%.2f", a / b}')"
done
