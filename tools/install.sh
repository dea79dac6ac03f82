#!/bin/bash
# Make the virtual environment and install pinned requirements into it:
#   tools/install.sh requirements.txt .venv/program.stamp
set -eu
requirements=$1 stamp=$2
if ! .venv/bin/python -c 'import sys; assert sys.version_info >= (3, 11)' 2>/dev/null; then
  rm -rf .venv
  "$(tools/needs.sh python)" -m venv .venv
fi
echo "installing $requirements"
# pip speaks of every package it looks at; only its errors matter here
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes \
  -r "$requirements"
touch "$stamp"
