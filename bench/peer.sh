# Sourced by gateway.sh: @portkey-ai/gateway from the npm registry, as a peer to compare with, on $peer.
peer=18104 peer_version=1.15.2
command -v npm >/dev/null || { echo "bench.sh peers needs Node" >&2; exit 1; }
npm install --silent --no-audit --no-fund --prefix "$work/peer" "@portkey-ai/gateway@$peer_version" >&2
# It binds to every address unless it is kept from it.
cat > "$work/peer/loopback.cjs" <<'EOF'
const { Server } = require("net");
const { listen } = Server.prototype;
Server.prototype.listen = function (at, ...more) {
  return listen.call(this, typeof at === "object" ? { ...at, host: "127.0.0.1" } : { port: at, host: "127.0.0.1" }, ...more.filter(one => typeof one === "function"));
};
EOF
NODE_ENV=production node --require "$work/peer/loopback.cjs" "$work/peer/node_modules/@portkey-ai/gateway/build/start-server.js" --port=$peer --headless > "$work/peer.log" 2>&1 &
peer_pid=$!; pids+=($peer_pid)
for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$peer/" && break; sleep 0.1; done
