#!/usr/bin/env bash
# Puts together what of this project goes into the image, $work/application: the compiled sources, the npm packages that
# run, prompts and music. sqlite3 is Debian's, which is compiled for the box's processor.
. "$(dirname "$0")/common.sh"

stage=$work/application
rm -rf "$stage"
mkdir -p "$stage/dist" "$stage/sounds" "$stage/src/http/pages" "$stage/media"
cp "$root"/package.json "$root"/package-lock.json "$root"/LICENSE "$stage/"
cp -r "$root/bin" "$stage/"
# Speaks sentences while the box runs.
cp "$root"/media/*.mjs "$stage/media/"
cp -r "$root/dist/src" "$stage/dist/"
# Style, script and icon of the web page are read from their sources.
cp -r "$root/src/http/pages/assets" "$stage/src/http/pages/"
find "$stage/dist" -name '.*' -type f -delete
cp -r "$runtime/prompts" "$runtime/music" "$stage/sounds/"
(
  cd "$stage"
  patiently "Installing npm packages" "$work/log/npm.log" npm ci --omit=dev --ignore-scripts --no-audit --no-fund
  wanted=$(node -p 'require("./node_modules/sqlite3/package.json").version')
  patiently "Removing npm's sqlite3" "$work/log/npm.log" npm uninstall sqlite3 --omit=dev --ignore-scripts --no-audit --no-fund --offline
  debian=$(sed -n 's/^node-sqlite3 \([0-9.]*\).*/\1/p' "$here/packages.lock")
  [ "${debian%%.*}" = "${wanted%%.*}" ] || fail "Debian's sqlite3 is $debian, package-lock.json wants $wanted."
  ln -s /usr/lib/aarch64-linux-gnu/nodejs/sqlite3 node_modules/sqlite3
  cp "$root/package.json" "$root/package-lock.json" .
  rm -f node_modules/.package-lock.json
)
