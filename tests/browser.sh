#!/usr/bin/env bash
# Prints where Chromium is, for the tests of pages. Installs it, and a font for Chinese, where they are missing and may be installed.
set -euo pipefail
find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
find_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; }
if ! find_browser >/dev/null || ! find_font; then
  "$(dirname "$0")/../deploy/local/install.sh" chromium fontconfig fonts-wqy-microhei || find_browser >/dev/null ||
    { echo "Chromium is needed and could not be installed: install the package chromium" >&2; exit 1; }
fi
find_browser
