#!/usr/bin/env bash
# hledger, the accounting program that reads our books in a test; installed where it is missing and may be.
set -euo pipefail
command -v hledger >/dev/null && exit 0
"$(dirname "$0")/../deploy/local/install.sh" hledger || { echo "hledger is missing and could not be installed: install the package hledger" >&2; exit 1; }
