#!/usr/bin/env bash
# The official SDKs for Node against a `tokenline serve` of their own. Installs them at its first run; needs a Release build of src/Tokenline.Host.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "installing Node ..." >&2
  ../../deploy/local/install.sh nodejs npm >/dev/null 2>&1 ||
    { echo "tests/sdk-node: Node 20 or newer with npm is needed, and apt-get could not install it: https://nodejs.org" >&2; exit 1; }
fi
# Again when another version of an SDK is pinned.
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --loglevel=error >&2
exec node --test --test-reporter=tap ./*.test.mjs
