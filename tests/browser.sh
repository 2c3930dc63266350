#!/usr/bin/env bash
# Prints where Chromium is, for the tests of pages: its headless shell, which draws for nobody and takes two thirds of the time, or else a whole one.
# Installs it, and a font for Chinese, where they are missing and may be installed.
set -euo pipefail
install="$(dirname "$0")/../deploy/local/install.sh"
find_shell() { command -v chromium-headless-shell; }
find_browser() { find_shell || command -v chromium || command -v chromium-browser || command -v google-chrome; }
find_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; }
if ! find_shell >/dev/null || ! find_font; then
  "$install" chromium-headless-shell fontconfig fonts-wqy-microhei || find_browser >/dev/null ||
    "$install" chromium fontconfig fonts-wqy-microhei || find_browser >/dev/null ||
    { echo "Chromium is needed and could not be installed: install the package chromium-headless-shell, or chromium" >&2; exit 1; }
fi
find_browser
