#!/usr/bin/env bash
# `make image-test`: starts the image in an emulator, with a network of its own and nobody at the keyboard, and tests
# what an appliance must do. As root; two hours and more. What differs from a real box: the processor is emulated, some ten
# times slower.
#
# usage: all.sh [PART...]   parts, in the order in which they are named; all of them, as below, when none is
if [ "${PARTYLINE_OWN_NETWORK:-}" != yes ]; then
  PARTYLINE_OWN_NETWORK=yes exec unshare --net bash "$0" "$@"
fi
. "$(dirname "$0")/machine.sh"
. "$(dirname "$0")/first-start.sh"
. "$(dirname "$0")/power-cuts.sh"
. "$(dirname "$0")/text-file.sh"
. "$(dirname "$0")/updates.sh"
. "$(dirname "$0")/factory-reset.sh"
. "$(dirname "$0")/page.sh"
. "$(dirname "$0")/watchdog.sh"
. "$(dirname "$0")/pi-boot.sh"
. "$(dirname "$0")/wifi.sh"

failed=0
# check WHAT COMMAND...: says whether it holds, and goes on.
check() {
  local what=$1
  shift
  if "$@"; then
    printf 'ok   %s\n' "$what"
  else
    printf 'FAIL %s\n' "$what"
    failed=$((failed + 1))
  fi
}

[ -f "$work/card.img" ] || fail 'there is no image: "make image" makes it.'
[ $# -gt 0 ] || set -- first-start watchdog power-cuts updates bad-updates page-network wifi page-updates page-reset \
  factory-reset text-file pi-boot
# Many ports are tried at once.
ulimit -n 16384
need_packages openssh-client openssl curl iproute2
lay_cable
fresh_card 4 'name = lobby'
rm -f "$run/written"
touch "$run/written"
for part in "$@"; do
  say "Testing: $part"
  "test_${part//-/_}"
done
power_off
[ "$failed" -eq 0 ] || fail "$failed checks of the image failed."
say 'Every check of the image holds.'
