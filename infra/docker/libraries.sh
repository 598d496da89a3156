#!/bin/sh
# Fails where a native library of a folder needs one that neither the folder nor the system has. Run in the image, and by
# CI on the published folder.
#   libraries.sh FOLDER [NAME…]    NAME: a library that something else brings, such as the GPU's driver (libcuda.so.1)
set -eu

folder=$1
shift
missing=""
# Names of libraries hold no blanks.
# shellcheck disable=SC2044
for library in $(find "$folder" -name '*.so' -o -name '*.so.[0-9]*'); do
  for needed in $(LD_LIBRARY_PATH=$folder ldd "$library" 2>/dev/null | sed -n 's/^\t*\(\S*\) => not found$/\1/p'); do
    case " $* " in
      *" $needed "*) ;;
      *) missing="$missing$(basename "$library") needs $needed
" ;;
    esac
  done
done

if [ -n "$missing" ]; then
  printf '%s' "$missing" | sort -u >&2
  exit 1
fi
