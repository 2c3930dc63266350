#!/usr/bin/env bash
# Prints where Chromium is, for the tests of pages: its headless shell, which draws for nobody and takes three quarters of the time, or else a whole one.
# Installs it, and a font for Chinese, where they are missing and may be installed; the shell beside a whole one only where the system knows of it.
set -euo pipefail
install="$(dirname "$0")/../deploy/local/install.sh"
find_whole() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
find_browser() { command -v chromium-headless-shell || find_whole; }
is_known() { apt-cache show chromium-headless-shell >/dev/null 2>&1; }
has_best() { command -v chromium-headless-shell || { find_whole && ! is_known; }; }
has_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; }
if ! has_best >/dev/null || ! has_font; then
  "$install" chromium-headless-shell fontconfig fonts-wqy-microhei || find_browser >/dev/null ||
    "$install" chromium fontconfig fonts-wqy-microhei || find_browser >/dev/null ||
    { echo "Chromium is needed and could not be installed: install the package chromium-headless-shell, or chromium" >&2; exit 1; }
fi
find_browser
