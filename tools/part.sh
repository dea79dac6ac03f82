#!/bin/bash
# Run one part of the suite and print what it said when it is done: part.sh PYTHON PART.
set -u
said=$("$1" -m pytest "$2" 2>&1)
code=$?
printf '%s\n%s\n' "== $2" "$said"
exit $code
