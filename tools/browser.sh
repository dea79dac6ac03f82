#!/bin/bash
# Give somebody without root rights the browser and fonts of the tests: the packages of the
# distribution are fetched and unpacked under .cache/browser, nothing is installed.
#   tools/browser.sh chromium chromium-l10n fonts-noto-cjk
set -eu
home=${BROWSER_HOME:-$PWD/.cache/browser}
root=$home/root
mkdir -p "$home"/{lists/partial,archives/partial} "$root"
options=(-qq -o "Dir::State::Lists=$home/lists" -o "Dir::Cache=$home" -o "Dir::Cache::Archives=$home/archives"
  -o Debug::NoLocking=1)
apt-get "${options[@]}" update
apt-get "${options[@]}" install -y --no-install-recommends --download-only "$@"
for package in "$home"/archives/*.deb; do dpkg -x "$package" "$root"; done
if [ -d "$root/usr/share/fonts" ]; then
  mkdir -p ~/.local/share/fonts
  cp -rn "$root/usr/share/fonts/." ~/.local/share/fonts/
fi
if [ -x "$root/usr/lib/chromium/chromium" ]; then
  cat >"$home/chromium" <<END
#!/bin/sh
export LD_LIBRARY_PATH="$root/usr/lib/$(uname -m)-linux-gnu:$root/lib/$(uname -m)-linux-gnu"
exec "$root/usr/lib/chromium/chromium" "\$@"
END
  chmod +x "$home/chromium"
fi
