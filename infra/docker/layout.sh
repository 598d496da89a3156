#!/bin/sh
# Makes an image's root of the published function app: only the function folders of its role.
#   layout.sh PUBLISHED TARGET ROLE
# Roles: app      all functions (where the CPU scores)
#        tiling   all but ScoreBatch (where a GPU scores)
#        scoring  ScoreBatch and the probes; no page, and no models to publish: the other app does that
set -eu

published=$1
target=$2
role=$3

case $role in
  app) drop="" ;;
  tiling) drop="ScoreBatch" ;;
  scoring) drop="CompleteSlide FailPoisonedBatch FailPoisonedCompletion FailPoisonedUpload Http SweepRuns TileSlide models wwwroot" ;;
  *) echo "layout.sh: '$role' is none of app, tiling, scoring." >&2; exit 2 ;;
esac

if [ ! -x "$published/IdcFunctions.Functions" ] || [ ! -f "$published/host.json" ]; then
  echo "layout.sh: $published is no published function app." >&2
  exit 2
fi

mkdir -p "$target"
cp -R "$published/." "$target/"
for name in $drop; do
  if [ ! -e "$target/$name" ]; then
    echo "layout.sh: $published has no $name, which the role '$role' leaves out." >&2
    exit 2
  fi
  rm -r "${target:?}/$name"
done
