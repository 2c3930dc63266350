#!/usr/bin/env bash
# 1, 2 and 3 nodes on one PostgreSQL, all on this machine: what a call costs in CPU of the nodes and of the database, through the node that hosts its account and through another. Then how soon the accounts of a node that is frozen, or killed, answer again.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/tools.sh nginx wrk curl jq
seconds=${BENCH_SECONDS:-10}
work=$(mktemp -d)
chmod 755 "$work"
upstream=18101 tokenline=18110 database=18120
pids=()
nodes=()
stop_nodes() { for pid in "${nodes[@]}"; do kill "$pid" 2>/dev/null || true; done; for pid in "${nodes[@]}"; do wait "$pid" 2>/dev/null || true; done; nodes=(); }
finish() {
  stop_nodes
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  deploy/local/postgres.sh stop "$work/postgres" immediate || true
  [ -n "${BENCH_KEEP:-}" ] && cp -r "$work" "$BENCH_KEEP"
  rm -rf "$work"
}
trap finish EXIT

./tokenline --build # what ./run.sh runs
source bench/upstream.sh
deploy/local/postgres.sh start "$work/postgres" $database shared_buffers=1GB max_wal_size=4GB
psql() { "$(ls -d /usr/lib/postgresql/*/bin | sort -rV | head -n 1)/psql" -qAtX -h 127.0.0.1 -p $database -U tokenline "$@"; }
psql -d postgres -c 'CREATE DATABASE tokenline'
mkdir "$work/secrets"
export TOKENLINE_DATABASE="Host=127.0.0.1;Port=$database;Username=tokenline;Database=tokenline"
export TOKENLINE_SECRETS=$work/secrets TOKENLINE_ADMIN_KEY=tla-bench TOKENLINE__Gateway__LeaveNoticeSeconds=0
start_nodes() { # how many
  local i
  for i in $(seq "$1"); do
    TOKENLINE_DATA=$work/node$i TOKENLINE_URLS=http://127.0.0.1:$((tokenline + i)) TOKENLINE__Demo=$([ "$i" = 1 ] && echo true || echo false) \
      dotnet src/Tokenline.Host/bin/app/tokenline.dll serve > "$work/node$i.log" 2>&1 &
    nodes+=($!)
    for _ in $(seq 300); do curl -sf "http://127.0.0.1:$((tokenline + i))/readyz" >/dev/null && break; sleep 0.1; done
  done
}
TOKENLINE_URL=http://127.0.0.1:$((tokenline + 1))
api() { curl -sf -X "$1" "$TOKENLINE_URL/api/v1/$2" -H "Authorization: Bearer $TOKENLINE_ADMIN_KEY" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
source bench/load.sh
export BENCH_PATH=/v1/chat/completions BENCH_BODY
BENCH_BODY=$(body bench '')

ticks() { local sum=0 p; for p in "$@" ; do sum=$((sum + $(awk '{print $14 + $15}' "/proc/$p/stat" 2>/dev/null || echo 0))); done; echo $sum; }
database_ticks() { local parent; parent=$(head -n 1 "$work/postgres/postmaster.pid"); ticks "$parent" $(pgrep -P "$parent"); }
load() { # connections of all nodes together, seconds, shift: keys of the accounts of the node so many after it
  local i running=()
  for i in $(seq "${#nodes[@]}"); do
    BENCH_KEYS=$work/keys.$(((i - 1 + $3) % ${#nodes[@]} + 1)) wrk -t1 -c$(($1 / ${#nodes[@]})) -d"$2s" -s "$work/load.lua" "http://127.0.0.1:$((tokenline + i))" > "$work/wrk.$i" & running+=($!)
  done
  wait "${running[@]}"
}
answered() { cat "$work"/wrk.* | awk '/requests in/ {n += $1} END {print n}'; }
warm() { # shift: until a call gets no cheaper; three nodes that share two processors need their time
  local best="" cpu before
  for _ in $(seq 12); do
    before=$(ticks "${nodes[@]}")
    load 96 "${BENCH_WARMUP:-10}" "$1"
    cpu=$((($(ticks "${nodes[@]}") - before) * 1000000 / $(answered)))
    [ -n "$best" ] && [ $((cpu * 100)) -gt $((best * 97)) ] && break
    best=$cpu
  done
}
measure() { # title, shift
  warm "$2"
  local before database_before calls errors
  local written; written=$(psql -d postgres -c 'SELECT pg_current_wal_lsn()')
  before=$(ticks "${nodes[@]}"); database_before=$(database_ticks)
  load 96 "$seconds" "$2"
  local used=$(($(ticks "${nodes[@]}") - before)) database_used=$(($(database_ticks) - database_before))
  calls=$(answered)
  errors=$(cat "$work"/wrk.* | awk '/Non-2xx/ {n += $NF} END {print n + 0}')
  cpu=$(awk -v t=$used -v hz="$(getconf CLK_TCK)" -v n="$calls" 'BEGIN {printf "%.1f", t / hz * 1e6 / n}')
  written=$(psql -d postgres -c "SELECT pg_current_wal_lsn() - '$written'")
  printf '%-44s %10.0f %14s %16s %10.0f %8s\n' "$1" "$((calls / seconds))" "$cpu" "$(awk -v t=$database_used -v hz="$(getconf CLK_TCK)" -v n="$calls" 'BEGIN {printf "%.1f", t / hz * 1e6 / n}')" "$((written / calls))" "$errors"
}
answers() { [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$((tokenline + 1))$BENCH_PATH" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$BENCH_BODY")" = 200 ]; }
taken_over() { # a node is frozen, then another killed, while the first is called: when has each of their accounts answered through the first?
  local gone how began key times loading
  for gone in 3 2; do
    BENCH_KEYS=$work/keys.1 wrk -t1 -c32 -d15s -s "$work/load.lua" "http://127.0.0.1:$((tokenline + 1))" > /dev/null & loading=$!
    sleep 2
    how=$([ $gone = 3 ] && echo STOP || echo KILL)
    kill -$how "${nodes[gone - 1]}"
    began=$(date +%s%N)
    times=()
    while read -r key; do
      until answers "$key"; do sleep 0.02; done
      times+=($((($(date +%s%N) - began) / 1000000)))
    done < "$work/keys.$gone"
    echo "  a node $([ $how = STOP ] && echo frozen || echo killed): its first account answers again after ${times[0]} ms, the last of ${#times[@]} after ${times[-1]} ms"
    wait $loading
    [ $how = STOP ] && kill -CONT "${nodes[gone - 1]}" # it finds itself declared dead, and ends
    wait "${nodes[gone - 1]}" 2>/dev/null || true
  done
}
echo "machine  $(awk -F: '/model name/ {print $2; exit}' /proc/cpuinfo | xargs), $(nproc) cores; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version); PostgreSQL $(psql -d postgres -c 'SHOW server_version'); load, vendor, nodes and database share the machine; 96 connections, 64 accounts"
printf '%-44s %10s %14s %16s %10s %8s\n' case calls/s 'nodes µs/call' 'database µs/call' 'WAL B/call' errors
for count in 1 2 3; do
  start_nodes $count
  [ -f "$work/keys" ] || source bench/gateway-setup.sh
  # An account is hosted where its first call comes.
  for i in $(seq $count); do
    awk -v n="$count" -v i="$i" 'NR % n == i % n' "$work/keys" > "$work/keys.$i"
    while read -r key; do
      curl -sf -o /dev/null "http://127.0.0.1:$((tokenline + i))$BENCH_PATH" -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "$BENCH_BODY"
    done < "$work/keys.$i"
  done
  measure "$count node$([ $count = 1 ] || echo s), the account's own" 0; own=$cpu
  if [ $count -gt 1 ]; then
    measure "$count nodes, another than the account's" 1
    echo "  ratio of another node to the account's own, with $count nodes: $(awk -v a="$cpu" -v b="$own" 'BEGIN {printf "%.2f", a / b}')"
  fi
  rm -f "$work"/wrk.*
  [ $count = 3 ] && taken_over
  stop_nodes
done
psql -d tokenline -F ' ' -c "
  WITH calls AS (SELECT count(*) AS n FROM charging.usage_record)
  SELECT '  disk a call, indexes included: journal ' || pg_total_relation_size('charging.journal') / n
    || ' B, usage records ' || (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'charging.usage_record'::regclass)::bigint / n
    || ' B; ' || n || ' calls' FROM calls"
