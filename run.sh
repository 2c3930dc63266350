#!/usr/bin/env bash
# Builds Tokenline and starts it, with a demo operator, on http://127.0.0.1:8080. Needs the .NET 10 SDK and nothing else.
#   TOKENLINE_URLS   another address, such as http://127.0.0.1:9090
#   TOKENLINE_DATA   another data folder than ./data
#   TOKENLINE_HISTORY  days of made-up history that a new data folder begins with: 365 unless told, 0 for none; a new cluster has none unless told
# ./run.sh --cluster 3 starts three nodes on PostgreSQL instead, with HAProxy in front of them, and installs these two where they are missing.
set -euo pipefail
cd "$(dirname "$0")"
command -v dotnet >/dev/null || { echo "run.sh: the .NET 10 SDK is needed: https://dotnet.microsoft.com/download" >&2; exit 1; }
./tokenline --build
if [ "${1:-}" = --cluster ]; then exec deploy/local/cluster.sh "${2:-3}"; fi
exec ./tokenline serve --history "${TOKENLINE_HISTORY:-365}" "$@"
