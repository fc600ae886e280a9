#!/bin/sh
# Usage: unpack-module.sh ARCHIVE FOLDER
# Unpacks a Puppet module, whose metadata.json is at the root of its archive or, as the Forge packs it, one folder below.
set -eu
sh "$(dirname -- "$0")/unpack.sh" "$1" "$2.whole"
for metadata in "$2.whole/metadata.json" "$2.whole"/*/metadata.json; do
  if [ -f "$metadata" ]; then
    mv --no-target-directory -- "${metadata%/metadata.json}" "$2"
    rm -rf -- "$2.whole"
    exit 0
  fi
done
echo "$1 has no metadata.json: it is not a Puppet module." >&2
exit 1
