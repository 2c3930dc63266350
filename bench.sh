#!/usr/bin/env bash
# Benchmarks. Each prints what it measured and on which machine, and keeps it under bench/results/.
#   ./bench.sh gateway     the same load through nginx as a plain proxy and through Tokenline: CPU a request, ratio, latency
#   ./bench.sh peers       the same calls through nginx, @portkey-ai/gateway (npm; needs Node) and Tokenline: CPU a call of each
#   ./bench.sh translated  a stream of 40 events in the vendor's protocol, and translated from and into others: CPU a request, ratio
#   ./bench.sh charging    dispatch + settle pairs a second, durable: 10,000 accounts, and one hot one, with one bucket and with all rules
#                          ./bench.sh charging --store postgres: the same on a PostgreSQL of its own, on this machine
#   ./bench.sh billing     a month of 100,000 subscribers and 10,000,000 usage records: billed, and settled with vendors; needs 12 GB of disk
#                          ./bench.sh billing 10000 1000000: so many subscribers and records
#                          ./bench.sh billing --kill [subscribers records seed]: killed at random and gone on with, the books are those of an undisturbed run
#   ./bench.sh cluster     1, 2 and 3 nodes on one PostgreSQL: CPU a call, through the node of the account and through another; how soon the accounts of a frozen or killed node answer again
#   ./bench.sh routing     choosing a deployment by policy, and letting a call in: nanoseconds and bytes
#   ./bench.sh latency     what Tokenline adds to a call's time, at 1,000 calls a second to a vendor of 60 ms
#   ./bench.sh memory      resident memory of an open stream
#   ./bench.sh portal      the subscriber's console: the first page in a browser, pages of 50 rows out of 10,000,000 calls, and what 200 open consoles cost a node; needs 12 GB of disk
#   ./bench.sh overload    three times what a server can do; and 10,000 idle connections, trickling bodies, slow readers, huge bodies and a vendor that hangs beside normal calls
#   ./bench.sh kills       a server is killed under load, again and again: ./bench.sh kills 50 for so many kills
#   ./bench.sh chaos       clients with books of their own while servers, disk, clock and database misbehave: one server, then a cluster
#                          ./bench.sh chaos --minutes 10 --seed 3: so long each, from another beginning
#   ./bench.sh fuzz        damaged requests, answers of vendors, and operations of the management API: ./bench.sh fuzz --minutes 10 --seed 3
#   ./bench.sh all         every one of them, one after the other, the long ones at a bounded size: about an hour; says at the end which have failed
#                          ./bench.sh all quick: each for a moment, to see that all of them start and end; its files are not results
#   ./bench.sh start       from ./run.sh on a built tree to the first answered call
set -euo pipefail
cd "$(dirname "$0")"
name=${1:-}
results=${BENCH_RESULTS:-bench/results}
mkdir -p "$results"
machine() { echo "machine  $(awk -F: '/model name/ {print $2; exit}' /proc/cpuinfo | xargs), $(nproc) cores; $(. /etc/os-release; echo "$PRETTY_NAME"); .NET $(dotnet --version)"; }
case "$name" in
  gateway) run=(bench/gateway.sh) ;;
  translated | peers) run=(bench/gateway.sh "$name") ;;
  all)
    every=(gateway peers translated charging "charging --store postgres" cluster routing latency memory start portal overload "billing 10000 1000000" "kills 10" "chaos --minutes 3" "fuzz --minutes 2")
    if [ "${2:-}" = quick ]; then
      every=(gateway peers translated "charging 1" "charging --store postgres 1" cluster "routing 1" latency memory "start 1" "portal 10 2" overload "billing 300 20000" "kills 1" "chaos --minutes 0" "fuzz --minutes 0")
      export BENCH_SECONDS=2 BENCH_WARMUP=1 BENCH_ROUNDS=1 BENCH_STREAMS=400 BENCH_SCALE=20 BENCH_RESULTS=${BENCH_RESULTS:-$(mktemp -d)}
    fi
    failed=()
    for one in "${every[@]}"; do
      echo "== $one"
      # shellcheck disable=SC2086 # a name and its options
      ./bench.sh $one || failed+=("$one")
    done
    echo "${#every[@]} benches, ${#failed[@]} failed${failed[*]:+: $(IFS=,; echo "${failed[*]}")}"
    exit $((${#failed[@]} > 0))
    ;;
  overload) run=(bench/overload.sh) ;;
  kills)
    dotnet build tests/Tokenline.Crash.Tests -c Release -v q --nologo -clp:ErrorsOnly >&2
    export KILLS=${2:-20} TOKENLINE_TESTS=long
    run=(dotnet tests/Tokenline.Crash.Tests/bin/Release/net10.0/Tokenline.Crash.Tests.dll -noColor -diagnostics -class "*KillTests")
    ;;
  cluster) run=(bench/cluster.sh) ;;
  start) run=(bench/start.sh "${2:-9}") ;;
  portal) run=(bench/portal.sh "${@:2}") ;;
  latency | memory) run=(bench/held.sh "$name") ;;
  charging)
    dotnet build bench/Tokenline.Bench -c Release -v q --nologo -clp:ErrorsOnly >&2
    # A process for each set of rules: the just-in-time compiler fits its code to what it has seen.
    charging() { for rules in "one bucket" "all rules"; do dotnet bench/Tokenline.Bench/bin/Release/net10.0/Tokenline.Bench.dll charging "$1" "$rules"; done; }
    seconds=10 on=sqlite
    shift
    while [ $# -gt 0 ]; do
      case "$1" in
        --store) on=${2:?sqlite or postgres}; shift 2 ;;
        *) seconds=$1; shift ;;
      esac
    done
    run=(charging "$seconds")
    if [ "$on" = postgres ]; then
      store=$(mktemp -d) && chmod 755 "$store"
      trap 'deploy/local/postgres.sh stop "$store/data" immediate; rm -rf "$store"' EXIT
      deploy/local/postgres.sh start "$store/data" 18120 shared_buffers=1GB max_wal_size=4GB
      export BENCH_DATABASE="Host=127.0.0.1;Port=18120;Username=tokenline;Database=postgres"
      name=charging-postgres
    fi
    ;;
  billing)
    dotnet build bench/Tokenline.Bench -c Release -v q --nologo -clp:ErrorsOnly >&2
    if [ "${2:-}" = --kill ]; then
      run=(dotnet bench/Tokenline.Bench/bin/Release/net10.0/Tokenline.Bench.dll billing-kill "${3:-100000}" "${4:-10000000}" "${5:-1}")
      name=billing-kill
    else
      run=(dotnet bench/Tokenline.Bench/bin/Release/net10.0/Tokenline.Bench.dll billing "${2:-100000}" "${3:-10000000}")
    fi
    ;;
  chaos)
    dotnet build tests/Tokenline.Crash.Tests -c Release -v q --nologo -clp:ErrorsOnly >&2
    export CHAOS_MINUTES=5 CHAOS_SEED=1 TOKENLINE_TESTS=long
    shift
    while [ $# -gt 0 ]; do
      case "$1" in
        --minutes) CHAOS_MINUTES=${2:?how many}; shift 2 ;;
        --seed) CHAOS_SEED=${2:?a number}; shift 2 ;;
        *) echo "bench.sh chaos: --minutes N and --seed S, not $1" >&2; exit 1 ;;
      esac
    done
    run=(dotnet tests/Tokenline.Crash.Tests/bin/Release/net10.0/Tokenline.Crash.Tests.dll -noColor -diagnostics -explicit on -class "*ChaosTests")
    ;;
  fuzz)
    dotnet build tests/Tokenline.Host.Tests -c Release -v q --nologo -clp:ErrorsOnly >&2
    export FUZZ_MINUTES=5 FUZZ_SEED=1
    shift
    while [ $# -gt 0 ]; do
      case "$1" in
        --minutes) FUZZ_MINUTES=${2:?how many}; shift 2 ;;
        --seed) FUZZ_SEED=${2:?a number}; shift 2 ;;
        *) echo "bench.sh fuzz: --minutes N and --seed S, not $1" >&2; exit 1 ;;
      esac
    done
    run=(dotnet tests/Tokenline.Host.Tests/bin/Release/net10.0/Tokenline.Host.Tests.dll -noColor -diagnostics -class "*FuzzTests")
    ;;
  routing)
    dotnet build bench/Tokenline.Bench -c Release -v q --nologo -clp:ErrorsOnly >&2
    run=(dotnet bench/Tokenline.Bench/bin/Release/net10.0/Tokenline.Bench.dll routing "${2:-3}")
    ;;
  *) sed -n '2,23p' "$0" >&2; exit 1 ;;
esac
file=$results/$name-$(date -u +%Y-%m-%d).txt
{
  echo "$name, $(date -u +%Y-%m-%dT%H:%MZ), commit $(git rev-parse --short HEAD 2>/dev/null || echo none)"
  case "$name" in chaos | fuzz | kills) machine ;; esac # the others say it themselves
  "${run[@]}"
} | tee "$file"
echo "kept in $file"
