#!/usr/bin/env bash
# One upstream (nginx with a fixed answer), the same load through nginx as a plain proxy and through Tokenline with keys, routing and durable charging.
# CPU is what the proxy's own processes used, by the kernel's account, divided by the calls they answered.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in nginx wrk curl jq; do
  command -v "$tool" >/dev/null || { apt-get update -q >/dev/null 2>&1 || true; DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$tool" >/dev/null; }
done
seconds=${BENCH_SECONDS:-10}
work=$(mktemp -d)
chmod 755 "$work" # nginx gives up its rights and still has to read the answers
upstream=18101 proxy=18102 tokenline=18103
pids=()
finish() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT

dotnet build src/Tokenline.Host -c Release -v q --nologo -clp:ErrorsOnly >&2

# A chat answer of about 1 KB, and a stream of 40 events with its usage at the end.
text=$(printf 'one word after another, so that the answer has a usual length; %.0s' 1 2 3 4 5 6 7 8 9 10)
usage='"usage":{"prompt_tokens":210,"completion_tokens":160,"total_tokens":370,"prompt_tokens_details":{"cached_tokens":0}}'
printf '{"id":"chatcmpl-bench","object":"chat.completion","created":1,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],%s}' "$text" "$usage" > "$work/plain.json"
{
  for _ in $(seq 40); do printf 'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{"content":" four words at once"},"finish_reason":null}]}\n\n'; done
  printf 'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
  printf 'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"bench","choices":[],%s}\n\ndata: [DONE]\n\n' "$usage"
} > "$work/stream.txt"

# The same stream as Anthropic sends it.
{
  printf 'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_bench","type":"message","role":"assistant","model":"bench","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":210,"output_tokens":1}}}\n\n'
  printf 'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n'
  for _ in $(seq 40); do printf 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" four words at once"}}\n\n'; done
  printf 'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
  printf 'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":160}}\n\n'
  printf 'event: message_stop\ndata: {"type":"message_stop"}\n\n'
} > "$work/messages.txt"

nginx_conf() { # name, port, location
  mkdir -p "$work/$1"
  cat > "$work/$1.conf" <<EOF
daemon off; worker_processes 1; pid $work/$1.pid; error_log $work/$1.log error;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000; client_body_temp_path $work/$1; proxy_temp_path $work/$1;
  fastcgi_temp_path $work/$1; uwsgi_temp_path $work/$1; scgi_temp_path $work/$1;
  upstream vendor { server 127.0.0.1:$upstream; keepalive 512; keepalive_requests 1000000; }
  server { listen 127.0.0.1:$2 backlog=4096; $3 }
}
EOF
  nginx -c "$work/$1.conf" & pids+=($!)
  eval "$1_pid=$!"
}
# nginx does not answer a POST with a file, but it does show a file as the page of an error.
nginx_conf upstream $upstream "root $work; location = /plain.json { types {} default_type application/json; } location = /stream.txt { types {} default_type text/event-stream; } location = /messages.txt { types {} default_type text/event-stream; }
  location /stream/ { error_page 405 =200 /stream.txt; return 405; } location /anthropic/ { error_page 405 =200 /messages.txt; return 405; } location / { error_page 405 =200 /plain.json; return 405; }"
nginx_conf proxy $proxy 'location / { proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering on; }'

export TOKENLINE_DATA=$work/data TOKENLINE_URLS=http://127.0.0.1:$tokenline
dotnet src/Tokenline.Host/bin/Release/net10.0/tokenline.dll serve > "$work/serve.log" 2>&1 &
tokenline_pid=$!; pids+=($tokenline_pid)
for _ in $(seq 300); do curl -sf "$TOKENLINE_URLS/readyz" >/dev/null && break; sleep 0.1; done
source "$TOKENLINE_DATA/demo.env"
api() { curl -sf -X "$1" "$TOKENLINE_URL/api/v1/$2" -H "Authorization: Bearer $TOKENLINE_ADMIN_KEY" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
source bench/gateway-setup.sh # vendor, models, customers with large plans, and $work/keys

cat > "$work/load.lua" <<'EOF'
local keys = {}
for line in io.lines(os.getenv("BENCH_KEYS")) do keys[#keys + 1] = line end
local body = os.getenv("BENCH_BODY")
local path = os.getenv("BENCH_PATH")
local i = 0
request = function()
  i = i % #keys + 1
  return wrk.format("POST", path, { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. keys[i] }, body)
end
EOF
export BENCH_KEYS=$work/keys
prompt=$(printf 'A prompt of about one thousand bytes, as a chat client sends it. %.0s' $(seq 13))
body() { printf '{"model":"%s","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"%s"}],"max_tokens":512%s}' "$1" "$prompt" "$2"; }

ticks() { local sum=0 p; for p in $1 $(pgrep -P "$1" || true); do sum=$((sum + $(awk '{print $14 + $15}' "/proc/$p/stat"))); done; echo $sum; }
measure() { # title, port, pid, path, body, connections
  export BENCH_PATH=$4 BENCH_BODY=$5
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
