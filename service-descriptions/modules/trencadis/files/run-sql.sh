#!/bin/sh
# Usage: run-sql.sh DATABASE FILE COPY
# Runs FILE as the administrator of PostgreSQL and then keeps a COPY, so that a later run can tell it was applied.
# Only root may need to read FILE: root opens it, and psql gets it as its standard input.
set -eu
umask 077
cd /
runuser -u postgres -- psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname "$1" <"$2"
cp -- "$2" "$3"
