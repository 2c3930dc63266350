#!/usr/bin/env bash
# faults.sh LIBRARY: compiles faults.c, which lies beside it, as a library to preload. Installs a C compiler where it is missing and may be installed.
set -euo pipefail
command -v gcc >/dev/null || "$(dirname "$0")/../../../deploy/local/install.sh" gcc libc6-dev ||
  { echo "a C compiler is needed and could not be installed: install the package gcc" >&2; exit 1; }
exec gcc -shared -fPIC -O2 -Wall -Wextra -Wno-format-truncation -o "${1:?LIBRARY}" "$(dirname "$0")/faults.c" -ldl -lpthread
