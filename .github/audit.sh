#!/bin/sh
# Fails where a package has a known weakness, and where the registry has no list of them: without one every package would
# look sound. What is known and accepted stands in docs/security.md.
set -eu
cd "$(dirname "$0")/.."

# A package with an advisory, in a folder of its own: found, or the list is not there.
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
cat > "$probe/probe.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Newtonsoft.Json" Version="12.0.1" /></ItemGroup>
</Project>
PROJECT
dotnet restore "$probe/probe.csproj" -p:NuGetAudit=false
if ! dotnet list "$probe/probe.csproj" package --vulnerable | grep -q 'Newtonsoft.Json'; then
  echo "audit.sh: the registry knows no advisory of Newtonsoft.Json 12.0.1: it has no list of weaknesses, and this is no audit." >&2
  exit 2
fi

dotnet restore IdcFunctions.sln -p:NuGetAudit=true -p:NuGetAuditMode=all
found=$(dotnet list IdcFunctions.sln package --vulnerable --include-transitive)
printf '%s\n' "$found"
if printf '%s\n' "$found" | grep -q 'has the following vulnerable packages'; then
  exit 1
fi

for folder in src/Page src/LocalHost/azurite; do
  (cd "$folder" && npm audit --package-lock-only --audit-level=low)
done
