# Sourced with the tools that a bench needs: those that are missing are installed where they may be.
for tool in "$@"; do
  command -v "$tool" >/dev/null || "$(dirname "${BASH_SOURCE[0]}")/../deploy/local/install.sh" "$tool"
done
