#!/usr/bin/env bash
# Makes $work/base, Debian as the box has it, from exactly the packages of packages.lock. The lock is compared twice:
# with the mirror's lists before anything large is fetched, and with what was installed.
#
# usage: root.sh [renew]   renew: writes packages.lock instead of comparing
. "$(dirname "$0")/common.sh"
. "$here/emulation.sh"

renew=${1:-}
lock=$here/packages.lock
base=$work/base
[ -n "$renew" ] || [ -f "$lock" ] || fail 'image/packages.lock is missing: make it by "make image-lock".'
inputs() { cat "$here"/{packages.list,root.sh,root-hook.sh} "$lock" | sha256sum; }
if [ -z "$renew" ] && [ "$(cat "$base.stamp" 2>/dev/null)" = "$(inputs)" ]; then exit 0; fi

boot_packages=(raspi-firmware u-boot-rpi)
include=$(grep -v -e '^#' -e '^$' "$here/packages.list" | paste -sd,)
find_mirror
begin_emulation
rm -rf "$base" "$base.stamp" "$work/boot-debs"
mkdir -p "$work/boot-debs"
hook="sh $here/root-hook.sh"
# Without the lock, only the mirror's lists are kept.
lists_hook="$hook lists \"\$1\" $work/lists"
[ -n "$renew" ] || lists_hook+=" $lock"
options=(--architecture=arm64 --variant=apt --mode=root "${mirror_options[@]}"
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright'
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
  --extract-hook="$lists_hook"
  --essential-hook="$hook divert \"\$1\""
  --customize-hook="$hook boot-files \"\$1\" $work/boot-debs ${boot_packages[*]}")
# The mirror's keyring is the tools root's own, where both have the same one.
patiently "Unpacking Debian for arm64" "$work/log/root.log" in_tools mmdebstrap "${options[@]}" \
  --include="$include" "$suite" "$base" "$sources" ||
  fail "Debian could not be unpacked from $mirror; see above."

{
  awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' "$base/var/lib/dpkg/status"
  for deb in "$work"/boot-debs/*.deb; do dpkg-deb -f "$deb" Package Version | awk '{ printf "%s ", $2 } END { print "" }'; done
} | LC_ALL=C sort >"$work/installed"
node "$here/packages-lock.mjs" "$work/installed" "$work/lists" >"$work/packages.lock"
if [ -n "$renew" ]; then
  cp "$work/packages.lock" "$lock"
  say "image/packages.lock: $(grep -vc '^#' "$lock") packages."
elif ! diff -u "$lock" "$work/packages.lock" >&2; then
  fail 'what was installed is not what image/packages.lock says; renew it by "make image-lock".'
fi
inputs >"$base.stamp"
