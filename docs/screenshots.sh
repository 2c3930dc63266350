#!/usr/bin/env bash
# Takes the pictures of docs/screenshots over the real system, with its demo. TOKENLINE_SCREENSHOTS=FOLDER takes them elsewhere, TOKENLINE_SCREENSHOTS_ONLY=home,usage only these, whole pages.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tests/Tokenline.Portal.Tests -c Release --nologo -v q
export TOKENLINE_SCREENSHOTS_HISTORY=${TOKENLINE_SCREENSHOTS_HISTORY:-365} # as ./run.sh does
exec dotnet tests/Tokenline.Portal.Tests/bin/Release/net10.0/Tokenline.Portal.Tests.dll -noColor -explicit only -class "*Screenshots"
