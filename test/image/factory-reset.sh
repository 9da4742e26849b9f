# Everything back as it was delivered, asked for on the card. Sourced by all.sh.
# shellcheck shell=bash disable=SC2154 # box, run and machine come from machine.sh

test_factory_reset() {
  [ -n "$machine" ] || power_on
  wait_until "$patience" healthy
  printf '{"name":"to be forgotten"}' | on_box partyline conference put >/dev/null
  power_off
  : >"$run/factory-reset.txt"
  to_fat "$run/factory-reset.txt" factory-reset.txt
  power_on
  wait_until "$patience" healthy
  check 'after a factory reset the conferences are the demo alone' only_demo
  check 'the file that asked for it is gone' flag_is_gone
  on_box systemctl is-system-running --wait >/dev/null 2>&1 || true
  check 'no service has failed' no_failed_units
  : >"$run/written"
}

only_demo() { [ "$(on_box partyline conference list --json | grep -c '"name"')" = 2 ] && ! on_box partyline conference list | grep -q forgotten; }

flag_is_gone() { on_box 'test -e /boot/firmware/boot.scr && ! test -e /boot/firmware/factory-reset.txt'; }
