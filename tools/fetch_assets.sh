#!/bin/sh
# Fetch the one vendored script, Chart.js, at its pinned version and refuse anything else.
# Run from the root of the repository after changing the version and the checksum below.
set -eu
version=4.5.1
checksum=48444a82d4edcb5bec0f1965faacdde18d9c17db3063d042abada2f705c9f54a
target=app/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "chart.js@$version" && tar xzf "chart.js-$version.tgz")
echo "$checksum  $work/package/dist/chart.umd.min.js" | sha256sum --check --quiet
sed '/^\/\/# sourceMappingURL=/d' "$work/package/dist/chart.umd.min.js" > "$target/chart.umd.min.js"
cp "$work/package/LICENSE.md" "$target/chart.LICENSE.md"
