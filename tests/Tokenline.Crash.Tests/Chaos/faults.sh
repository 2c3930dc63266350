#!/usr/bin/env bash
# faults.sh LIBRARY: compiles faults.c, which lies beside it, as a library to preload. Installs a C compiler where it is missing and may be installed.
set -euo pipefail
if ! command -v gcc >/dev/null; then
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || { echo "a C compiler is needed and could not be installed: install the package gcc" >&2; exit 1; }
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends gcc libc6-dev; } >&2 || { echo "apt-get could not install gcc" >&2; exit 1; }
fi
exec gcc -shared -fPIC -O2 -Wall -Wextra -Wno-format-truncation -o "${1:?LIBRARY}" "$(dirname "$0")/faults.c" -ldl -lpthread
