#!/bin/sh
# Usage: unpack.sh ARCHIVE FOLDER
# Unpacks a gzipped tar archive. The folder appears whole or not at all, belongs to root, and everybody may read it.
set -eu
umask 022
partial="$2.partial"
rm -rf -- "$partial"
mkdir -- "$partial"
tar --extract --gzip --no-same-owner --no-same-permissions --file "$1" --directory "$partial"
chmod -R a+rX,go-w -- "$partial"
mv --no-target-directory -- "$partial" "$2"
