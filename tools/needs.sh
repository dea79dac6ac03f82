#!/bin/bash
# See that the system holds what the program (run) or its tests (test) need beyond Python.
# As root what is missing is installed; otherwise one line names the command.
#   tools/needs.sh run | test | python (prints the Python to use)
set -eu
BROWSER_HOME=${BROWSER_HOME:-$PWD/.cache/browser}

python() {
  for name in "${PYTHON:-}" python3.11 python3 python3.12 python3.13; do
    [ -n "$name" ] && command -v "$name" >/dev/null &&
      "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
      command -v "$name" && return
  done
  echo "Python 3.11 or newer is needed: apt-get install -y python3" >&2
  return 1
}

has_font() {
  ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc >/dev/null 2>&1 ||
    [ -n "$(fc-list :lang=zh 2>/dev/null | head -1)" ]
}

# the browser's own controls (dates, files, warnings) speak Chinese with these
has_chinese() {
  [ -e /usr/lib/chromium/locales/zh-CN.pak ] ||
    [ -e "$BROWSER_HOME/root/usr/lib/chromium/locales/zh-CN.pak" ]
}

# what draws printed sheets (weasyprint): Pango, and HarfBuzz to keep their fonts small
has_library() {
  ldconfig -p 2>/dev/null | grep -q "$1" || ls /usr/lib/*/"$1"* >/dev/null 2>&1
}

missing=()
case ${1:-} in
  python)
    python
    exit ;;
  run)
    "$(python)" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    has_library libpango-1.0.so.0 || missing+=(libpango-1.0-0)
    has_library libpangoft2-1.0.so.0 || missing+=(libpangoft2-1.0-0)
    has_library libharfbuzz-subset.so.0 || missing+=(libharfbuzz-subset0)
    has_font || missing+=(fonts-noto-cjk) ;;
  test)
    [ -x "$(command -v chromium || echo "$BROWSER_HOME/chromium")" ] || missing+=(chromium)
    has_chinese || missing+=(chromium-l10n)
    has_font || missing+=(fonts-noto-cjk) ;;
  *)
    echo "say run, test or python" >&2
    exit 2 ;;
esac
[ ${#missing[@]} -eq 0 ] && exit

install=(apt-get install -y -qq --no-install-recommends)
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
elif [ "$1" = test ]; then
  exec tools/browser.sh "${missing[@]}"
else
  echo "As root, once: apt-get update && ${install[*]} ${missing[*]}" >&2
  [ "${missing[0]}" != python3-venv ]  # without the others all but printed sheets works
  exit
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" "${install[@]}" "${missing[@]}" >/dev/null
