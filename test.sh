#!/usr/bin/env bash
# Builds everything and runs every test; ends with "N passed, N failed, N skipped". Needs the .NET 10 SDK; Node, for the SDKs of Node, it installs if it may.
#   ./test.sh            all of it
#   ./test.sh Charging   only the projects whose name holds that
#   ./test.sh sdk-node   the SDKs of Node alone
#   ./test.sh long       the long form of all of it, or of what a second name says: properties tenfold, each flow of the consoles in every look, axe on every page in every look
#   ./test.sh agents     real coding agents, which are not a part of all of it: they are large
set -uo pipefail
cd "$(dirname "$0")"
if [ "${1:-}" = long ]; then export TOKENLINE_TESTS=long; shift; fi
filter=${1:-}
passed=0 failed=0 skipped=0 failures=
note_failure() { failed=$((failed + 1)); failures+="FAILED: $1"$'\n'; echo "FAILED: $1" >&2; }

# Processes that live for minutes: profiles and remapped code cost them more than they bring, the compiler a quarter of its time.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0
layout=$(mktemp)
[ -n "$filter" ] || (dotnet tool restore && dotnet csharpier check .) >"$layout" 2>&1 &
layout_pid=$!
# What tests need of the system, while the compiler works; each test looks for it itself, and says so if it is not there.
[ -n "$filter" ] || { deploy/local/postgres.sh tools; tests/browser.sh; tests/hledger.sh; } >/dev/null 2>&1 &
tools_pid=$!
audit=$(mktemp)
[ -n "$filter" ] || tests/audit.sh >"$audit" 2>&1 &
audit_pid=$!
# One compiler for all projects, of this run alone: it has its analyzers ready after the first. It ends with the build.
compiler=tokenline-$$
dotnet build Tokenline.slnx -c Release --nologo -v q -p:UseSharedCompilation=true -p:SharedCompilationId=$compiler -p:FailOnVulnerablePackages=true
built=$?
"$(dotnet --info | sed -n 's/^ *Base Path: *//p')Roslyn/bincore/VBCSCompiler" -shutdown "-pipename:$compiler" >/dev/null 2>&1
[ $built -eq 0 ] || { echo "0 passed, 1 failed"; exit 1; }
wait $layout_pid || { cat "$layout" >&2; note_failure "the layout of the code: run dotnet csharpier format ."; }
rm -f "$layout"
wait $audit_pid || note_failure "the audit of dependencies: a package is known to be vulnerable"
[ -s "$audit" ] && { echo "== dependencies"; cat "$audit"; }
rm -f "$audit"
wait $tools_pid
# What each prints, until all have ended and are counted.
logs=$(mktemp -d)
# Files that live for seconds lie in memory where there is room for them; the tests of disks that fail bring their own.
memory=/dev/shm passing=
if [ -z "${TMPDIR:-}" ] && [ -w $memory ] && [ "$(df --output=avail -k $memory | tail -n 1)" -gt 6000000 ] && [ "$(awk '/MemAvailable/ {print $2}' /proc/meminfo)" -gt 10000000 ]; then
  for left in $memory/tokenline-tests.*; do [ -d "/proc/${left##*.}" ] || rm -rf "$left"; done
  passing=$memory/tokenline-tests.$$
  mkdir -m 755 "$passing" && export TMPDIR=$passing # a database in it may run as another user
fi
# A database that is being stopped may write once more.
tidy() { rm -rf "$logs"; [ -z "$passing" ] || rm -rf "$passing" 2>/dev/null || { sleep 2; rm -rf "$passing"; }; }
trap tidy EXIT
# What is called a thousand times is worth being compiled again, not what is called thirty times.
export DOTNET_TC_CallCountThreshold=400 # in hexadecimal digits
trap 'trap "" TERM; kill 0; exit 130' INT # what runs in the background does not hear a Ctrl-C
is_node() { [ "$1" = sdk-node ] || [ "$1" = agents ]; }
run_one() {
  local began=$SECONDS
  if is_node "$1"; then "tests/$1/run.sh"; else dotnet "tests/$1/bin/Release/net10.0/$1.dll" -noColor; fi >"$logs/$1" 2>&1
  echo $? >"$logs/$1.code"
  echo "   $1 took $((SECONDS - began)) s" >&2
}
count_project() {
  local log="$logs/$1" code summary bad
  code=$(cat "$log.code")
  echo "== $1"
  summary=$(grep -E "Total: +[0-9]+," "$log" | tail -n 1)
  count() { sed -nE "s/.*$1: *([0-9]+).*/\1/p" <<<"$summary"; }
  if [ -z "$summary" ]; then
    cat "$log"; note_failure "$1 did not run to its end (exit code $code)"
  else
    bad=$(($(count Failed) + $(count Errors)))
    passed=$((passed + $(count Total) - bad - $(count Skipped) - $(count "Not Run")))
    failed=$((failed + bad)); skipped=$((skipped + $(count Skipped)))
    [ "$bad" -eq 0 ] && [ "$code" -ne 0 ] && note_failure "$1 ended with exit code $code"
    if [ "$bad" -gt 0 ] || [ "$code" -ne 0 ]; then cat "$log"; failures+=$(sed -nE 's/^ *(.*) \[FAIL\]$/FAILED: \1/p' "$log")$'\n'; else echo "$summary"; fi
  fi
}
count_node() {
  local log="$logs/$1" code
  code=$(cat "$log.code")
  echo "== $1"
  count() { sed -nE "s/^# $1 ([0-9]+)$/\1/p" "$log" | tail -n 1; }
  if [ -z "$(count tests)" ]; then
    cat "$log"; note_failure "$1 did not run to its end (exit code $code)"
  else
    passed=$((passed + $(count pass))); failed=$((failed + $(count fail) + $(count cancelled))); skipped=$((skipped + $(count skipped)))
    [ "$code" -ne 0 ] && [ "$(count fail)$(count cancelled)" = 00 ] && note_failure "$1 ended with exit code $code"
    if [ "$code" -ne 0 ]; then cat "$log"; failures+=$(sed -nE 's/^ *not ok [0-9]+ - (.*)$/FAILED: \1/p' "$log")$'\n'; else sed -nE 's/^# \\# /   /p' "$log"; echo "   $1  Total: $(count tests)"; fi
  fi
}
every=()
for project in tests/*"$filter"*/*.csproj; do [ ! -f "$project" ] || every+=("$(basename "$project" .csproj)"); done
if [[ sdk-node == *"$filter"* ]]; then every+=(sdk-node); fi
if [ "$filter" = agents ]; then every+=(agents); fi
# Two at a time, since each waits for disks, clocks and other processes as often as it works; the longest begin.
in_turn() {
  local one seen=" "
  for one in Tokenline.{Crash,Host,Commerce,Portal,Charging}.Tests sdk-node "${every[@]}"; do
    [[ " ${every[*]} " == *" $one "* && $seen != *" $one "* ]] || continue
    echo "$one"
    seen+="$one "
  done
}
running=0
for one in $(in_turn); do
  [ $running -lt 2 ] || { wait -n; running=$((running - 1)); }
  run_one "$one" &
  running=$((running + 1))
done
wait
for one in "${every[@]}"; do
  if is_node "$one"; then count_node "$one"; else count_project "$one"; fi
done
# Once more, and together: what each printed may be long.
grep . <<<"$failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
