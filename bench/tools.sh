# Sourced with the tools that a bench needs: those that are missing are installed where they may be.
for tool in "$@"; do
  command -v "$tool" >/dev/null || { apt-get update -q >/dev/null 2>&1 || true; DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$tool" >/dev/null; }
done
