#!/usr/bin/env bash
# One upstream (nginx with a fixed answer), the same load through nginx as a plain proxy and through Tokenline with keys, routing and durable charging.
# CPU is what the proxy's own processes used, by the kernel's account, divided by the calls they answered. Each is warmed up until it gets no cheaper and, where it says so,
# compiles next to nothing any more; then they are measured in turns, because a machine is not the same from one minute to the next: a row is the median of its rounds, a ratio that of two medians.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/tools.sh nginx wrk curl jq
seconds=${BENCH_SECONDS:-5} rounds=${BENCH_ROUNDS:-5}
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
titles=() ports=() processes=() paths=() bodies=() headers=()
of() { titles+=("$1") ports+=("$2") processes+=("$3") paths+=("$4") bodies+=("$5") headers+=("${6:-}"); } # title, port, pid, path, body, more headers
load() { # case, connections, seconds: its line is requests/s, CPU µs a call, p50 and p99 in µs, errors
  export BENCH_PATH=${paths[$1]} BENCH_BODY=${bodies[$1]} BENCH_HEADERS=${headers[$1]}
  local before after out
  before=$(ticks "${processes[$1]}"); out=$(wrk -t2 -c"$2" -d"${3}s" --latency -s "$work/load.lua" "http://127.0.0.1:${ports[$1]}"); after=$(ticks "${processes[$1]}")
  awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '
    function us(text) { return text ~ /us$/ ? text + 0 : text ~ /ms$/ ? text * 1e3 : text * 1e6 }
    $1 == "50%" { p50 = us($2) } $1 == "99%" { p99 = us($2) } /requests in/ { n = $1 } /Requests\/sec/ { rate = $2 } /Non-2xx/ { errors = $NF }
    END { printf "%.0f %.1f %.0f %.0f %d\n", rate, ticks / hz * 1e6 / n, p50, p99, errors }' <<<"$out"
}
median() { cut -d' ' -f"$2" "$1" | sort -n | sed -n "$(((rounds + 1) / 2))p"; }
compiled() { curl -s "http://127.0.0.1:${ports[$1]}/metrics" | awk '/^dotnet_jit_compilation_time_seconds_total/ {print $2}'; } # seconds of its life; nothing: it does not say
warm() { # case, connections
  local best="" cpu before after
  for _ in $(seq 20); do
    before=$(compiled "$1"); cpu=$(load "$1" "$2" "${BENCH_WARMUP:-5}" | cut -d' ' -f2); after=$(compiled "$1")
    [ -n "$best" ] && awk -v a="$cpu" -v b="$best" -v from="${before:-0}" -v to="${after:-0}" -v most="${BENCH_WARMUP:-5}" \
      'BEGIN {exit !(a > b * 0.97 && to - from < most * 0.01)}' && break
    [ -n "$best" ] && awk -v a="$cpu" -v b="$best" 'BEGIN {exit !(a > b)}' || best=$cpu
  done
}
compare() { # connections: all cases that were named, in turns; $cpu is the list of their medians
  local i
  cpu=()
  for i in "${!titles[@]}"; do warm "$i" "$1"; rm -f "$work/case$i"; done
  for _ in $(seq "$rounds"); do for i in "${!titles[@]}"; do load "$i" "$1" "$seconds" >> "$work/case$i"; done; done
  for i in "${!titles[@]}"; do
    cpu+=("$(median "$work/case$i" 2)")
    printf '%-34s %6s %10s %12s %15s %8.2fms %8.2fms %8s\n' "${titles[$i]}" "$1" "$(median "$work/case$i" 1)" "${cpu[-1]}" "$(cut -d' ' -f2 "$work/case$i" | sort -n | sed -n '1p;$p' | paste -sd' ' | sed 's/ / to /')" \
      "$(awk -v us="$(median "$work/case$i" 3)" 'BEGIN {print us / 1000}')" "$(awk -v us="$(median "$work/case$i" 4)" 'BEGIN {print us / 1000}')" "$(awk '{n += $5} END {print n}' "$work/case$i")"
  done
}
forget() { titles=() ports=() processes=() paths=() bodies=() headers=(); }
ratio() { awk -v a="${cpu[$1]}" -v b="${cpu[0]}" 'BEGIN {printf "%.2f", a / b}'; }
echo "machine  $(awk -F: '/model name/ {print $2; exit}' /proc/cpuinfo | xargs), $(nproc) cores; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version); $(nginx -v 2>&1 | sed 's/nginx version: //'); load, upstream and proxy share the machine; $rounds rounds of $seconds s in turns, medians"
if [ "${1:-}" = peers ]; then # the same calls through another gateway, which has no accounts and charges nothing
  source bench/peer.sh # $peer, $peer_pid, $peer_version
  echo "peer     @portkey-ai/gateway $peer_version on Node $(node --version), without cache, keys of its own or charging"
fi
printf '%-34s %6s %10s %12s %15s %10s %10s %8s\n' case conns requests/s 'CPU µs/call' 'of its rounds' p50 p99 errors
case "${1:-}" in
  translated) # a stream in the vendor's protocol, and the same one translated
    of "chat at a vendor of chat" $tokenline $tokenline_pid /v1/chat/completions "$(body bench-stream ',"stream":true')"
    for pair in "chat at a vendor of messages:/v1/chat/completions:bench-messages" "messages at a vendor of chat:/v1/messages:bench-stream" "responses at a vendor of chat:/v1/responses:bench-stream"; do
      IFS=: read -r title path model <<<"$pair"
      text=$(body "$model" ',"stream":true')
      [ "$path" = /v1/messages ] && text=$(jq -c '.system = .messages[0].content | .messages |= .[1:]' <<<"$text")
      [ "$path" = /v1/responses ] && text=$(jq -c '.input = .messages | .max_output_tokens = .max_tokens | del(.messages, .max_tokens) | .store = false' <<<"$text")
      of "$title" $tokenline $tokenline_pid "$path" "$text"
    done
    for connections in 256 32; do
      compare $connections
      echo "  ratios to the relayed stream at $connections connections: $(ratio 1), $(ratio 2), $(ratio 3)"
    done
    ;;
  peers)
    text=$(body bench '')
    of "nginx, plain" $proxy "$proxy_pid" /v1/chat/completions "$text"
    of "@portkey-ai/gateway, plain" $peer "$peer_pid" /v1/chat/completions "$text" "x-portkey-provider: openai|x-portkey-custom-host: http://127.0.0.1:$upstream/v1"
    of "Tokenline, plain" $tokenline $tokenline_pid /v1/chat/completions "$text"
    for connections in 256 32; do
      compare $connections
      echo "  CPU a call at $connections connections, nginx = 1: @portkey-ai/gateway $(ratio 1), Tokenline $(ratio 2)"
    done
    ;;
  *)
    for kind in "plain::bench:" "stream of 40 events:/stream:bench-stream:,\"stream\":true"; do
      IFS=: read -r title path model more <<<"$kind"
      text=$(body "$model" "$more")
      forget
      of "nginx, $title" $proxy "$proxy_pid" "$path/v1/chat/completions" "$text"
      of "Tokenline, $title" $tokenline $tokenline_pid /v1/chat/completions "$text"
      for connections in 256 32; do
        compare $connections
        echo "  ratio at $connections connections: $(ratio 1)"
      done
    done
    ;;
esac
