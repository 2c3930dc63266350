#!/usr/bin/env bash
# Real coding agents (Claude Code, Codex, Qwen Code, Gemini CLI) against a `tokenline serve` of their own, each on models whose vendors speak its protocol and others.
#   ./test.sh agents     all of them; not a part of ./test.sh, for they are large and are installed at each run
#   AGENTS_FOLDER=…      a folder to install them into that is kept
#   AGENTS_SAVE=…        a folder for the bodies of their requests and answers
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  ../../deploy/local/install.sh nodejs npm >/dev/null 2>&1 ||
    { echo "tests/agents: Node 20 or newer with npm is needed, and apt-get could not install it: https://nodejs.org" >&2; exit 1; }
fi
folder=${AGENTS_FOLDER:-}
if [ -z "$folder" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
if ! cmp -s package.json "$folder/installed.json"; then
  cp package.json .npmrc "$folder/"
  npm install --prefix "$folder" --no-package-lock --ignore-scripts --loglevel=error >&2
  cp package.json "$folder/installed.json"
fi
node "$folder/node_modules/@anthropic-ai/claude-code/install.cjs" >&2 # puts the program of its package in place; nothing else of the packages is run
AGENTS_FOLDER=$folder node --test --test-reporter=tap agents.test.mjs
