#!/usr/bin/env bash
# install.sh PACKAGE...: installs packages of the system where that may be done (apt-get, as root); exit code 1 where not. Those who ask at once come one after the other.
set -euo pipefail
command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || exit 1
exec 9>/tmp/tokenline-install.lock
flock 9 # what is installed may start a service, which must not take the lock along
apt-get update -q >&2 9>&-
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2 9>&-
