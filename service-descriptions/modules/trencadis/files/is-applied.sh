#!/bin/sh
# Usage: is-applied.sh DATABASE FILE COPY
# Whether run-sql.sh has run this very FILE, and the DATABASE is there.
set -eu
cd /
cmp --silent -- "$2" "$3"
runuser -u postgres -- psql --no-psqlrc --quiet --dbname "$1" --command 'select 1' >/dev/null
