#!/usr/bin/env bash
# hledger, the accounting program that reads our books in a test; installed where it is missing and may be.
set -euo pipefail
command -v hledger >/dev/null && exit 0
command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || { echo "hledger is missing and could not be installed: install the package hledger" >&2; exit 1; }
{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends hledger; } >&2
