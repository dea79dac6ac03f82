#!/bin/bash
# Run one part of the suite and print what it said when it is done: part.sh PYTHON PART.
# Each part has a temporary folder of its own, where PostgreSQL, run by another user, may look.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
said=$("$1" -m pytest --basetemp="$folder/run" "$2" 2>&1)
code=$?
printf '%s\n%s\n' "== $2" "$said"
exit $code
