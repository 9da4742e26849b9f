#!/usr/bin/env bash
# `make image`: every step from packages to the card's image, each said when it begins; those whose inputs did not change
# are passed over. As root; about ten minutes the first time, two afterwards.
. "$(dirname "$0")/common.sh"

[ "$(id -u)" -eq 0 ] || fail "an image can be made by root alone (chroot, mounts)."
began=$SECONDS
mkdir -p "$work" "$out"
bash "$here/tools.sh"
bash "$here/root.sh"
bash "$here/application.sh"
bash "$here/finish.sh"
bash "$here/assemble.sh"
say "Made in $((SECONDS - began)) s."
