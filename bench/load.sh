# Sourced: what wrk sends, with the keys of $work/keys in turn, or of the file that BENCH_KEYS names, and the headers of BENCH_HEADERS (name: value|name: value).
cat > "$work/load.lua" <<'EOF'
local keys = {}
for line in io.lines(os.getenv("BENCH_KEYS")) do keys[#keys + 1] = line end
local body = os.getenv("BENCH_BODY")
local path = os.getenv("BENCH_PATH")
local headers = { ["Content-Type"] = "application/json" }
for name, value in (os.getenv("BENCH_HEADERS") or ""):gmatch("([^:|]+): ([^|]+)") do headers[name] = value end
local i = 0
request = function()
  i = i % #keys + 1
  headers["Authorization"] = "Bearer " .. keys[i]
  return wrk.format("POST", path, headers, body)
end
EOF
export BENCH_KEYS=${BENCH_KEYS:-$work/keys}
prompt=$(printf 'A prompt of about one thousand bytes, as a chat client sends it. %.0s' $(seq 13))
body() { printf '{"model":"%s","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"%s"}],"max_tokens":512%s}' "$1" "$prompt" "$2"; }
