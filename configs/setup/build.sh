#!/usr/bin/env bash
# Compiles the TypeScript, sources and tests, into dist/; only when a source is newer than the last build.
. "$(dirname "$0")/common.sh"

cd "$root"
stamp=dist/.built
if [ -f "$stamp" ] && [ -z "$(find src test tsconfig.json package-lock.json -newer "$stamp" -print -quit)" ]; then
  exit 0
fi
say "Compiling."
# What was compiled from a source that is gone must not be run as a test.
mkdir -p dist
find dist -name '*.js' | while read -r compiled; do
  source=${compiled#dist/}
  [ -f "${source%.js}.ts" ] || rm -f "$compiled" "$compiled.map"
done
began=$(mktemp)
node_modules/.bin/tsc -p . || fail "the sources do not compile; see above."
mv "$began" "$stamp"
