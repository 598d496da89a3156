#!/bin/sh
# Fails where a package has a known weakness. What is known and accepted stands in docs/security.md.
set -eu
cd "$(dirname "$0")/.."

dotnet restore IdcFunctions.sln -p:NuGetAudit=true -p:NuGetAuditMode=all
found=$(dotnet list IdcFunctions.sln package --vulnerable --include-transitive)
printf '%s\n' "$found"
if printf '%s\n' "$found" | grep -q 'has the following vulnerable packages'; then
  exit 1
fi

for folder in src/Page src/LocalHost/azurite; do
  (cd "$folder" && npm audit --package-lock-only --audit-level=low)
done
