# A system that hangs is ended by the hardware. Sourced by all.sh, with a watchdog in the machine.
# shellcheck shell=bash disable=SC2154 # machine and patience come from machine.sh

test_watchdog() {
  local before
  [ -n "$machine" ] || power_on
  wait_until "$patience" healthy
  before=$(boot_id)
  # systemd, which keeps the watchdog quiet, is frozen; everything else goes on.
  on_box 'echo 1 >/sys/fs/cgroup/init.scope/cgroup.freeze'
  wait_until 120 not_healthy
  wait_until "$patience" healthy
  check 'the watchdog has started a box anew whose systemd hung' another_start "$before"
  on_box systemctl is-system-running --wait >/dev/null 2>&1 || true
  check 'no service has failed' no_failed_units
}

boot_id() { on_box cat /proc/sys/kernel/random/boot_id; }

another_start() {
  local now
  now=$(boot_id)
  [ -n "$1" ] && [ -n "$now" ] && [ "$now" != "$1" ]
}
