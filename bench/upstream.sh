# Sourced: fixed answers in $work, and nginx that gives them on $upstream.
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
