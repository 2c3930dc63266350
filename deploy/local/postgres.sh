#!/usr/bin/env bash
# A PostgreSQL of its own in a folder, on this machine only: for the demo cluster, the tests and the benches. Installs PostgreSQL where it is missing and may be installed.
#   deploy/local/postgres.sh start FOLDER PORT [setting=value ...]   makes the folder at the first start; the user is tokenline, without a password, from this machine
#   deploy/local/postgres.sh tools                                   installs it, if need be, and prints where its programs are
#   deploy/local/postgres.sh stop FOLDER [immediate]                 immediate: as if the power had gone
set -euo pipefail
say() { echo "postgres.sh: $*" >&2; exit 1; }
find_tools() {
  local folder
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) "$(dirname "$(command -v initdb 2>/dev/null || echo /none)")"; do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && { tools=$folder; return; }
  done
  return 1
}
if ! find_tools; then
  "$(dirname "$0")/install.sh" postgresql || say "PostgreSQL 14 or newer is needed and could not be installed: install the package postgresql"
  find_tools || say "PostgreSQL was installed, but its initdb is not where it is looked for"
fi
# PostgreSQL refuses to run as root; then it runs as the user that its package made.
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "${1:-}" = tools ] && { echo "$tools"; exit; }
folder=$(realpath -m "${2:?FOLDER}")
case "${1:-}" in
  start)
    port=${3:?PORT}; shift 3
    if [ ! -f "$folder/PG_VERSION" ]; then
      mkdir -p "$folder"
      [ "$(id -u)" = 0 ] && chown postgres "$folder"
      as_owner "$tools/initdb" -D "$folder" -U tokenline --auth=trust --encoding=UTF8 --locale=C --no-instructions >/dev/null || say "initdb failed in $folder"
      printf "listen_addresses = '127.0.0.1'\nmax_connections = 200\nunix_socket_directories = ''\n" >> "$folder/postgresql.conf"
    fi
    options="-p $port"
    for setting in "$@"; do options="$options -c $setting"; done
    as_owner "$tools/pg_ctl" -D "$folder" -l "$folder/server.log" -o "$options" -w -t 60 start >/dev/null || { tail -n 5 "$folder/server.log" >&2; say "PostgreSQL did not start in $folder"; }
    ;;
  stop) as_owner "$tools/pg_ctl" -D "$folder" -m "${3:-fast}" -w stop >/dev/null ;;
  *) sed -n '2,5p' "$0" >&2; exit 1 ;;
esac
