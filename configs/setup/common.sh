# What the set-up scripts share: how they speak, how they fail, how they install packages. Sourced, not run.
# shellcheck shell=bash

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # used by the scripts that source this file
runtime=${PARTYLINE_RUNTIME:-$root/.runtime}

say() { printf '==> %s\n' "$*"; }

# Nothing stops without a word.
trap 'printf "Set-up stopped: %s failed at line %s (%s).\n" "$0" "$LINENO" "$BASH_COMMAND" >&2' ERR

# One sentence that says what to do, then the end.
fail() {
  printf 'Set-up stopped: %s\n' "$*" >&2
  exit 1
}

# Runs as root: directly, or through sudo where there is one.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    fail "Debian packages must be installed; run as root, or install sudo."
  fi
}

# patiently WHAT LOG COMMAND...: runs a command that takes its time, says every ten seconds that it is still at work,
# and shows the end of its output only when it failed.
patiently() {
  local what=$1 log=$2 began=$SECONDS job status=0
  shift 2
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null &
  job=$!
  # What is started here must not outlive a Ctrl-C.
  trap 'kill "$job" 2>/dev/null || true' INT TERM
  while kill -0 "$job" 2>/dev/null; do
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      sleep 0.5
      kill -0 "$job" 2>/dev/null || break
    done
    if kill -0 "$job" 2>/dev/null; then say "$what ... $((SECONDS - began)) s"; fi
  done
  wait "$job" || status=$?
  trap - INT TERM
  [ "$status" -eq 0 ] || tail -n 15 "$log" >&2
  return "$status"
}

# Runs under a lock, so that scripts which run side by side do not get into each other's way.
# locked NAME COMMAND...
locked() {
  local name=$1
  shift
  mkdir -p "$runtime"
  (
    flock 9
    "$@"
  ) 9>"$runtime/$name.lock"
}

# Installs those of the named Debian packages that are missing.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "Installing Debian packages: ${missing[*]}"
  # Another apt may be at work: wait for it instead of failing.
  local apt=(apt-get -o DPkg::Lock::Timeout=300 -q -y)
  locked apt patiently "apt-get update" "$runtime/apt.log" as_root "${apt[@]}" update ||
    fail "apt-get could not read the package lists; see above, mend it and run this again."
  locked apt patiently "Installing ${missing[*]}" "$runtime/apt.log" \
    as_root env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]}; see above, mend it and run this again."
}
