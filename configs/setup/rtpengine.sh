#!/usr/bin/env bash
# Finds or makes an rtpengine of version 26.0 or newer and writes the program that starts it to
# $runtime/bin/rtpengine. The host's own is taken where it is new enough; otherwise Debian forky's packages are
# unpacked into a private folder and run from there with their own libraries. The host's libraries stay as they are,
# and the private rtpengine needs no root.
. "$(dirname "$0")/common.sh"

wanted=26
launcher=$runtime/bin/rtpengine
private=$runtime/rtpengine-root

major() { "$1" --version 2>&1 | sed -n 's/^Version: *\([0-9][0-9]*\)\..*/\1/p;q' || true; }
new_enough() {
  local found
  found=$(major "$1")
  [ -n "$found" ] && [ "$found" -ge "$wanted" ]
}

if [ -x "$launcher" ] && new_enough "$launcher"; then exit 0; fi
mkdir -p "$runtime/bin"
rm -f "$launcher"

host=$(command -v rtpengine || true)
if [ -n "$host" ] && new_enough "$host"; then
  say "Using the rtpengine of this machine ($host)."
  ln -s "$host" "$launcher"
  exit 0
fi

unpack() {
  local building mirror keyring log options
  say "This machine has no rtpengine ≥ $wanted.0: unpacking Debian forky's into $private (about 30 s)."
  need_packages mmdebstrap
  IFS=$'\t' read -r mirror keyring < <("$(dirname "$0")/mirror.sh") || fail "no Debian mirror was found in the apt sources."
  building=$private.part
  # Built aside and renamed when complete: an interrupted run leaves nothing that looks finished.
  as_root rm -rf "$building"
  options=(--variant=extract --include=rtpengine-daemon --aptopt='Acquire::Check-Valid-Until "false"'
    --aptopt='Acquire::Retries "3"' --aptopt='APT::Install-Recommends "false"')
  [ "$keyring" != - ] && [ -f "$keyring" ] && options+=(--keyring="$keyring")
  log=$runtime/rtpengine-setup.log
  if ! patiently "Unpacking rtpengine" "$log" as_root mmdebstrap "${options[@]}" forky "$building" "deb $mirror forky main"; then
    fail "forky's rtpengine could not be unpacked from $mirror; is the network there? Run this again."
  fi
  # Left out by a filter of mmdebstrap's, these would cost a Python process for each of two hundred packages.
  as_root rm -rf "$building"/usr/share/{doc,man,locale,info}
  as_root chown -R "$(id -u):$(id -g)" "$building"
  rm -rf "$private"
  mv "$building" "$private"
}

[ -f "$private/usr/bin/rtpengine" ] || unpack

loader=$(echo "$private"/usr/lib/*/ld-linux*.so.*)
triplet=$(basename "$(dirname "$loader")")
program=$private/usr/bin/rtpengine
[ -f "$loader" ] && [ -f "$program" ] || fail "the unpacked rtpengine is incomplete; remove $private and run this again."
# Unpacking runs no maintainer script, so the short names of libraries must be linked here.
/sbin/ldconfig -n "$private/usr/lib/$triplet"
libraries=$(find "$private/usr/lib/$triplet" -type d | paste -sd:)
cat >"$launcher.part" <<END
#!/bin/sh
# Made by the set-up: runs the private rtpengine with its own loader and libraries.
exec "$loader" --library-path "$libraries" "$program" "\$@"
END
chmod +x "$launcher.part"
mv "$launcher.part" "$launcher"
new_enough "$launcher" || fail "the private rtpengine does not run; remove $private and run this again."
say "rtpengine $("$launcher" --version 2>&1 | sed -n 's/^Version: *//p;q') is ready."
