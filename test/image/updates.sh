# Updates that are good, and updates that must change nothing. Sourced by all.sh, with a box that is on slot A.
# shellcheck shell=bash disable=SC2154 # box, run, here and machine come from machine.sh

test_updates() {
  [ -n "$machine" ] || power_on
  wait_until "$patience" healthy
  wait_until "$patience" slot_is_good
  check 'the box runs slot A' on_slot A

  make_update good
  head -c 50000000 "$run/good.raucb" >"$run/short.raucb"
  RAUC_KEY=$run/foreign.key RAUC_CERT=$run/foreign.pem foreign_pair make_update foreign
  for update in foreign short; do
    check "an update is refused: $update" refused "$update"
  done
  check 'nothing has changed' on_slot A

  check 'a good update is installed' installed good
  restart_box
  check 'the box runs slot B' on_slot B
  check 'the version is the new one' has_version good
  wait_until "$patience" slot_is_good
  check 'no service has failed' no_failed_units
  check 'the conferences are there' conferences_there

  power_off
  head -c 16384 /dev/urandom >"$run/slots.env"
  to_fat "$run/slots.env" slots.env
  power_on
  wait_until "$patience" healthy
  check 'with the boot loader'"'"'s memory damaged, its copy counts' on_slot B
  check 'the boot loader said so' grep -q 'slots.env is damaged' "$console"
}

# Both are installed, because their signature is good, and both are given up again. Long: each takes three starts.
test_bad_updates() {
  local before
  [ -n "$machine" ] || power_on
  wait_until "$patience" healthy
  wait_until "$patience" slot_is_good
  before=$(slot)

  make_update no-kernel no_kernel
  check 'an update without a kernel is installed' installed no-kernel
  restart_box
  check 'three tries later the box is back on its slot' on_slot "$before"

  make_update sick sick_application
  check 'an update whose application does not start is installed' installed sick
  restart_box
  check 'its tries over, the box is back on its slot' on_slot "$before"
  # RAUC calls a slot good that has tries left; that the box has said so itself is seen by their number.
  wait_until "$patience" has_nine_tries "$before"
}

slot() { on_box cat /proc/cmdline | sed -n 's/.*rauc\.slot=\(.\).*/\1/p'; }

has_nine_tries() { [ "$(on_box fw_printenv -n "BOOT_$1_LEFT")" = 9 ]; }

on_slot() { [ "$(slot)" = "$1" ]; }

has_version() { [ "$(on_box cat /etc/partyline-version)" = "$1" ]; }

# make_update NAME [CHANGE]: $run/NAME.raucb, the slot of the image with this name for its version and one change.
make_update() {
  local name=$1 change=${2:-}
  cp --sparse=always "$work/parts/slot.img" "$run/slot.img"
  echo "$name" >"$run/version"
  on_slot_image "rm /etc/partyline-version" "write $run/version /etc/partyline-version"
  [ -z "$change" ] || "$change"
  PARTYLINE_ZSTD=1 bash "$here/bundle.sh" "$run/slot.img" "$name" "$run/$name.raucb"
  rm "$run/slot.img"
}

on_slot_image() {
  printf '%s\n' "$@" >"$run/debugfs"
  in_tools debugfs -w -f "$run/debugfs" "$run/slot.img" >/dev/null 2>&1
}

no_kernel() { on_slot_image 'rm /boot/vmlinuz' 'rm /boot/initrd.img'; }

sick_application() {
  impatient_health 2
  on_slot_image 'rm /opt/partyline/dist/src/main.js'
}

# impatient_health TIMES: is asked so often instead of sixty times, so that the test has an end.
impatient_health() {
  sed "s/-lt 60 \] || give_up/-lt $1 ] || give_up/" "$here/root/usr/lib/partyline/check-health" >"$run/check-health"
  on_slot_image 'rm /usr/lib/partyline/check-health' "write $run/check-health /usr/lib/partyline/check-health" \
    'set_inode_field /usr/lib/partyline/check-health mode 0100755'
}

foreign_pair() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$run/foreign.key" -out "$run/foreign.pem" \
    -subj '/CN=Somebody else' -days 30 2>/dev/null
  "$@"
}

send() { on_box 'cat >/data/update.raucb' <"$run/$1.raucb"; }

installed() { send "$1" && on_box 'rauc install /data/update.raucb >/dev/null; status=$?; rm -f /data/update.raucb; exit $status'; }

refused() {
  send "$1" || return
  ! on_box 'rauc install /data/update.raucb >/dev/null' && on_box rm -f /data/update.raucb
}

restart_box() {
  on_box 'systemctl reboot' || true
  wait_until 300 not_healthy
  # The tries of a slot that does not work are part of it.
  wait_until $((patience * 2)) healthy
  say "serving $(on_box cut -d . -f 1 /proc/uptime) s after its last start"
}

not_healthy() { ! healthy; }
