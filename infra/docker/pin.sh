#!/bin/sh
# Prints the versions of images.env as build arguments by digest: --build-arg NAME=image@sha256:…
set -eu

grep -v '^#' "$(dirname "$0")/images.env" | while IFS='=' read -r name image; do
  digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image")
  printf -- '--build-arg %s=%s@%s\n' "$name" "${image%:*}" "$digest"
done
