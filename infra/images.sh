#!/bin/sh
# Builds the images that a deployment asks for, in its registry itself: no Docker is needed here.
#   images.sh REGISTRY TAG SCORING_ON TRAINING_ON     SCORING_ON, TRAINING_ON: Cpu, GpuT4 or GpuA100, as the parameters
# Without arguments it is azd's hook: it takes them from azd's environment and provisions once more where the tag is new,
# or where it was built for other hardware: main.bicepparam names no tag until the images of the hardware asked for are there.
set -eu
cd "$(dirname "$0")/.."

if [ $# -eq 0 ]; then
  tag=$(git rev-parse --short=12 HEAD)
  hardware="${SCORING_ON:-Cpu}-${TRAINING_ON:-Cpu}"
  if [ "${IMAGE_TAG:-} ${IMAGES_FOR:-}" = "$tag $hardware" ]; then
    exit 0
  fi

  sh infra/images.sh "$(azd env get-value registryName)" "$tag" "${SCORING_ON:-Cpu}" "${TRAINING_ON:-Cpu}"
  azd env set IMAGE_TAG "$tag"
  azd env set IMAGES_FOR "$hardware"
  exec azd provision --no-prompt
fi

registry=$1
tag=$2
scoring=$3
training=$4

arguments=$(sed -n 's/^\([A-Z_]*=.*\)$/--build-arg \1/p' infra/docker/images.env)
build() {
  image=$1
  file=$2
  shift 2
  # Each argument is one word: names and versions hold no blanks.
  # shellcheck disable=SC2086
  az acr build --registry "$registry" --image "$image:$tag" --file "infra/docker/$file" --platform linux/amd64 $arguments "$@" .
}

if [ "$scoring" = Cpu ]; then
  build app app.Dockerfile --build-arg ROLE=app
else
  build tiling app.Dockerfile --build-arg ROLE=tiling
  build scoring scoring.Dockerfile
fi

if [ "$training" = Cpu ]; then
  build training-cpu training-cpu.Dockerfile
else
  build training-gpu training-gpu.Dockerfile
fi
