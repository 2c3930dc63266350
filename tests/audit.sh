#!/usr/bin/env bash
# Known vulnerabilities of what this is made of, as far as the package sources say. Ends with 1 if there is one, and says so where a source does not know.
# Packages of .NET are held against them by the restore of ./test.sh itself (FailOnVulnerablePackages); here it is said whether it could be.
set -uo pipefail
cd "$(dirname "$0")/.."
patience=5
failed=0

offers_nuget() { # whether a source lists vulnerabilities
  curl -fsS --compressed --max-time $patience "$1" 2>/dev/null | grep -q '"@type" *: *"VulnerabilityInfo/'
}
if ! command -v curl >/dev/null; then
  echo "   .NET packages: whether the sources know of vulnerabilities is not known here (no curl); the restore looks at what they offer"
else
  known=0
  for source in $(dotnet nuget list source --format short 2>/dev/null | sed -n 's/^E *\(http.*\)$/\1/p'); do
    if offers_nuget "$source"; then known=1; echo "   .NET packages: held against the vulnerabilities that $source knows, by the restore"; fi
  done
  [ $known -eq 1 ] || echo "   .NET packages: NOT AUDITED, no source in reach lists vulnerabilities (VulnerabilityInfo)"
fi

# The packages of Node are those of tests alone; production has none.
if ! command -v npm >/dev/null; then
  echo "   Node packages: NOT AUDITED, there is no npm"
else
  report=$(cd tests/sdk-node && timeout $patience npm audit --package-lock-only --json 2>/dev/null)
  total=$(grep -Eo '"total" *: *[0-9]+' <<<"$report" | head -n 1 | grep -Eo '[0-9]+$')
  if ! grep -q '"auditReportVersion"' <<<"$report"; then
    echo "   Node packages: NOT AUDITED, the registry does not answer for vulnerabilities"
  elif grep -q '"vulnerabilities" *: *{ *}' <<<"$report"; then
    echo "   Node packages: held against the registry's list, none is known to be vulnerable"
  else
    (cd tests/sdk-node && npm audit --package-lock-only) >&2
    echo "   Node packages: VULNERABLE (${total:-some}), see above" >&2
    failed=1
  fi
fi
exit $failed
