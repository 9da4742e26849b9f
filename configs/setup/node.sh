#!/usr/bin/env bash
# Installs the npm packages of the lock file, when they are not there or the lock file or Node itself has changed.
# sqlite3 is compiled where no ready-made build of it can be fetched, so a compiler is installed too.
. "$(dirname "$0")/common.sh"

command -v node >/dev/null || fail "Node.js is missing; install Node 20.17 or newer (package nodejs) and run this again."
command -v npm >/dev/null || fail "npm is missing; install it (package npm) and run this again."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 17) ? 0 : 1)' ||
  fail "Node $(node --version) is too old; install 20.17 or newer and run this again."

cd "$root"
wanted=$( (node --version && cat package-lock.json) | sha256sum | cut -d ' ' -f 1)
stamp=node_modules/.partyline-stamp
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then exit 0; fi

need_packages g++ make python3
say "Installing npm packages (two minutes where sqlite3 must be compiled)."
patiently "Installing npm packages" "$runtime/npm.log" npm ci --no-audit --no-fund ||
  fail "npm could not install the packages; see above, is the network there? Run this again."
node -e 'new (require("sqlite3").Database)(":memory:")' >/dev/null 2>"$runtime/npm.log" ||
  fail "sqlite3 was not built; remove node_modules and run this again. Its words are in $runtime/npm.log."
printf '%s\n' "$wanted" >"$stamp"
