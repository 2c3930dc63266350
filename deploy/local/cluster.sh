#!/usr/bin/env bash
# A cluster on this machine, to see it: PostgreSQL, the simulators, N nodes and HAProxy in front of them, until Ctrl-C. Called by ./run.sh --cluster N.
# PostgreSQL and HAProxy are installed from the system's packages where they are missing. Everything is kept in data-cluster; a second start goes on with it.
set -euo pipefail
cd "$(dirname "$0")/../.."
count=${1:-3}
[[ $count =~ ^[1-9]$ ]] || { echo "run.sh --cluster N: N is 1 to 9, not '$count'" >&2; exit 1; }
url=${TOKENLINE_URLS:-http://127.0.0.1:8080}
port=${url##*:}
[[ $port =~ ^[0-9]+$ ]] || { echo "run.sh --cluster: TOKENLINE_URLS is one address with a port, such as http://127.0.0.1:8080, not '$url'" >&2; exit 1; }
data=$(realpath -m "${TOKENLINE_DATA:-data}")
folder=$data-cluster # beside the data of one process, which is its owner's alone: PostgreSQL may run as another user
database_port=$((port + 20)) simulator_port=$((port + 10))
program=src/Tokenline.Host/bin/app/tokenline.dll
if ! command -v haproxy >/dev/null; then
  deploy/local/install.sh haproxy ||
    { echo "run.sh --cluster: HAProxy is needed and could not be installed: install the package haproxy" >&2; exit 1; }
fi
free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for taken in "$port" "$database_port" "$simulator_port" $(seq $((port + 1)) $((port + count))); do
  free "$taken" || { echo "run.sh --cluster: port $taken of 127.0.0.1 is taken. Set TOKENLINE_URLS to another address; the cluster takes the 20 ports after it too." >&2; exit 1; }
done

mkdir -p "$folder/secrets"
chmod 755 "$folder"
[ -f "$folder/secrets/admin.key" ] || (umask 077; echo "tla-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" > "$folder/secrets/admin.key")
pids=() # in the order they were started
finish() {
  trap - EXIT INT TERM
  echo "stopping the cluster ..."
  for pid in "${nodes[@]:-}"; do [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${nodes[@]:-}"; do [ -n "$pid" ] && wait "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]:-}"; do [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  deploy/local/postgres.sh stop "$folder/postgres" || true
}
nodes=()
deploy/local/postgres.sh start "$folder/postgres" "$database_port"
trap finish EXIT
trap 'exit 130' INT TERM
psql() { "$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV | head -n 1)/psql" -qAtX -h 127.0.0.1 -p "$database_port" -U tokenline "$@"; }
[ "$(psql -d postgres -c "SELECT count(*) FROM pg_database WHERE datname = 'tokenline'")" = 1 ] || psql -d postgres -c 'CREATE DATABASE tokenline'

export TOKENLINE_DATABASE="Host=127.0.0.1;Port=$database_port;Username=tokenline;Database=tokenline"
export TOKENLINE_SECRETS=$folder/secrets TOKENLINE_ADMIN_KEY=$(cat "$folder/secrets/admin.key")
export TOKENLINE__SimulatorAddress=http://127.0.0.1:$simulator_port TOKENLINE__PublicUrl=http://127.0.0.1:$port
# A new cluster begins with as many days of made-up history as TOKENLINE_HISTORY says; the carrier's book of them is the simulator's.
if [ "${TOKENLINE_HISTORY:-0}" -gt 0 ] && [ ! -d "$folder/node1" ]; then
  TOKENLINE_DATA=$folder/node1 dotnet "$program" seed --history "$TOKENLINE_HISTORY"
  mv "$folder/node1/carrier-simulator" "$folder/simulator"
fi
dotnet "$program" simulate --url "http://127.0.0.1:$simulator_port" --folder "$folder/simulator" > "$folder/simulator.log" 2>&1 & pids+=($!)
start_node() {
  TOKENLINE_DATA=$folder/node$1 TOKENLINE_URLS=http://127.0.0.1:$((port + $1)) TOKENLINE__Demo=$2 dotnet "$program" serve > "$folder/node$1.log" 2>&1 &
  nodes+=($!)
}
ready() {
  for _ in $(seq 600); do
    kill -0 "${nodes[$1 - 1]}" 2>/dev/null || { tail -n 3 "$folder/node$1.log" >&2; echo "run.sh --cluster: node $1 ended at its start" >&2; exit 1; }
    (exec 3<>"/dev/tcp/127.0.0.1/$((port + $1))" && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && grep -q '^HTTP/1.1 200' <&3) 2>/dev/null && return
    sleep 0.1
  done
  echo "run.sh --cluster: node $1 is not ready after a minute; see $folder/node$1.log" >&2; exit 1
}
for _ in $(seq 100); do free "$simulator_port" || break; sleep 0.1; done
start_node 1 true
ready 1
for node in $(seq 2 "$count"); do start_node "$node" false; done
for node in $(seq 2 "$count"); do ready "$node"; done
mkdir -p "$data"
cp -p "$folder/node1/demo.env" "$data/demo.env"

{
  cat deploy/local/haproxy.cfg
  printf '\nfrontend tokenline\n    bind 127.0.0.1:%s\n' "$port"
  cat <<'CFG'
    # The calls of a key go to one node while it is there: its account is hosted where its first call came, and a conversation's warm caches are kept by node.
    http-request set-var(txn.key) req.hdr(authorization)
    http-request set-var(txn.key) req.hdr(x-api-key) if { req.hdr(x-api-key) -m found }
    http-request set-var(txn.key) req.hdr(x-goog-api-key) if { req.hdr(x-goog-api-key) -m found }
    use_backend calls if { path_beg /v1/ /v1beta/ }
    default_backend consoles

backend calls
    balance hash var(txn.key)
    hash-type consistent
CFG
  for node in $(seq "$count"); do printf '    server node%s 127.0.0.1:%s\n' "$node" $((port + node)); done
  printf '\nbackend consoles\n    # A page and what it goes on to ask belong to one node.\n    cookie node insert indirect nocache httponly\n'
  for node in $(seq "$count"); do printf '    server node%s 127.0.0.1:%s cookie node%s\n' "$node" $((port + node)) "$node"; done
} > "$folder/haproxy.cfg"
haproxy -db -f "$folder/haproxy.cfg" > "$folder/haproxy.log" 2>&1 & pids+=($!)
for _ in $(seq 100); do free "$port" || break; sleep 0.1; done

cat <<EOF

Tokenline is ready: $count nodes on one PostgreSQL, HAProxy in front of them; simulated vendors and carrier.

  portal       http://127.0.0.1:$port            API reference  http://127.0.0.1:$port/docs
  API          http://127.0.0.1:$port/v1
  nodes        $(for node in $(seq "$count"); do printf 'http://127.0.0.1:%s (pid %s)  ' $((port + node)) "${nodes[$node - 1]}"; done)
  database     $TOKENLINE_DATABASE
  all of it    source $data/demo.env

See it survive: kill -9 ${nodes[0]}, and go on calling.

EOF
wait "${nodes[@]}" || true
