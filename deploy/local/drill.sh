#!/usr/bin/env bash
# The drill of a backup: takes a base backup of a running database, restores it into a server of its own, and lets the auditor read that. Exit code 0: the backup is good.
#   deploy/local/drill.sh HOST PORT USER [FOLDER]   the user may replicate (password in PGPASSWORD or ~/.pgpass); FOLDER has room for a copy, and is emptied afterwards
#   TOKENLINE=…                                     how the program is called; ./tokenline unless told
#   DATABASE=… TOKENLINE_SECRETS=…                  the database's name (tokenline), and where vendor-keys.secret is
# What cannot be restored here – an archive of WAL up to any second – is restored by its own tool first; then: deploy/local/drill.sh --restored FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
say() { echo "drill.sh: $*" >&2; }
started=$SECONDS
step() { say "$((SECONDS - started)) s: $*"; }
free_port() { local port; for port in $(seq 18700 18799); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }; done; return 1; }
tools=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV | head -n 1)
[ -x "$tools/pg_basebackup" ] || { say "pg_basebackup is needed: install the package postgresql"; exit 1; }
[ $# -ge 2 ] || { sed -n '2,6p' "$0" >&2; exit 1; }
remove=
if [ "$1" = --restored ]; then
  copy=$(realpath "$2")
else
  [ $# -ge 3 ] || { sed -n '2,6p' "$0" >&2; exit 1; }
  copy=$(realpath -m "${4:-$(mktemp -d)}/copy")
  remove=$copy
  mkdir -p "$(dirname "$copy")" && chmod 755 "$(dirname "$copy")"
  step "base backup of $1:$2 ..."
  "$tools/pg_basebackup" -h "$1" -p "$2" -U "$3" -D "$copy" -X stream -c fast
fi
port=$(free_port)
clean() {
  deploy/local/postgres.sh stop "$copy" immediate 2>/dev/null || true
  [ -z "$remove" ] || rm -rf "$remove"
}
trap clean EXIT
# Only this machine, and only for as long as the drill takes.
printf 'host all all 127.0.0.1/32 trust\n' > "$copy/drill_hba.conf"
[ "$(id -u)" != 0 ] || chown -R postgres "$copy"
chmod 700 "$copy"
step "starting the restored server ($(du -sh "$copy" | cut -f1)) ..."
deploy/local/postgres.sh start "$copy" "$port" "hba_file=$copy/drill_hba.conf" listen_addresses=127.0.0.1 archive_mode=off synchronous_standby_names= ssl=off
user=$([ "$1" = --restored ] && echo "${USER_NAME:-tokenline}" || echo "$3")
step "audit ..."
status=0
TOKENLINE_DATABASE="Host=127.0.0.1;Port=$port;Username=$user;Database=${DATABASE:-tokenline}" ${TOKENLINE:-./tokenline} audit || status=$?
step "$([ $status = 0 ] && echo 'the backup is good' || echo "the audit says no (exit code $status): keep the copy, and do not rely on this backup")"
[ $status = 0 ] || remove=
exit $status
