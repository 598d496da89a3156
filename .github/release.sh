#!/bin/sh
# Makes the files of a release: programs, compiled template, SBOMs (CycloneDX), checksums.
#   release.sh VERSION FOLDER
set -eu
cd "$(dirname "$0")/.."
version=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export CI=true
dotnet publish src/Functions -c Release -r linux-x64 --self-contained -o "$work/functions"
dotnet publish src/LocalHost -c Release -o "$work/idc"
dotnet publish src/Training -c Release -o "$work/training"
for program in functions idc training; do
  # The same bytes for the same content: sorted, without owners, times of the commit.
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -C "$work" -czf "$folder/$program-$version-linux-x64.tar.gz" "$program"
done

bicep=$(find "${NUGET_PACKAGES:-$HOME/.nuget/packages}/azure.bicep.commandline.linux-x64" -path '*/tools/bicep' | sort | tail -n 1)
if [ -z "$bicep" ]; then
  dotnet restore tests/Infra.Tests
  bicep=$(find "${NUGET_PACKAGES:-$HOME/.nuget/packages}/azure.bicep.commandline.linux-x64" -path '*/tools/bicep' | sort | tail -n 1)
fi
chmod +x "$bicep"
"$bicep" build infra/bicep/main.bicep --outfile "$folder/template-$version.json"

dotnet tool install CycloneDX --version 6.3.1 --tool-path "$work/tools"
for program in Functions LocalHost Training; do
  "$work/tools/dotnet-CycloneDX" "src/$program/$program.csproj" --output "$folder" --filename "$program-$version.cdx.json" --output-format Json --set-version "$version"
done
(cd src/Page && npm sbom --package-lock-only --sbom-format cyclonedx > "$folder/Page-$version.cdx.json")

(cd "$folder" && sha256sum -- *.tar.gz *.json > SHA256SUMS)
