# A box from the image in QEMU, with the boot loader a Raspberry Pi has, on a network of its own: sourced, not run. The
# box is at $box, this side of the cable at $desk; neither reaches the Internet.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/../../image/common.sh"
. "$here/layout.sh"

# Below $work; another one for a second test beside the first.
run=${PARTYLINE_IMAGE_RUN:-$work/run}
disk=$run/card.img
console=$run/console.log
desk=10.77.0.1
box=10.77.0.50
machine=
cable=
# Seconds that a start may take; some 70 on a machine with nothing else to do.
patience=${PARTYLINE_PATIENCE:-900}
# What the machine's clock begins with; a Raspberry Pi has none.
clock=utc
# yes: what the card had not confirmed by the time of a power cut is lost in part.
lossy=no
# PARTYLINE_WATCHDOG=no: for a machine that is itself stopped now and then, which the watchdog takes for a fault of the box.
watchdog=(-device i6300esb -action watchdog=reset)
[ "${PARTYLINE_WATCHDOG:-yes}" = yes ] || watchdog=()

# The cable of a box, in the network namespace that the caller has made for itself; its DHCP server knows one address.
lay_cable() {
  mkdir -p "$run"
  ip link set lo up
  ip tuntap add dev cable mode tap
  ip address add "$desk/24" dev cable
  ip link set cable up
  in_tools dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=cable --pid-file="$run/dnsmasq.pid" \
    --dhcp-range="$box,$box,1h" --dhcp-option=3 --dhcp-leasefile="$run/leases" --user=root >"$run/dnsmasq.log" 2>&1 &
  cable=$!
  trap end_machine EXIT
}

end_machine() {
  power_off
  [ -z "$cable" ] || kill "$(cat "$run/dnsmasq.pid")" 2>/dev/null || true
  jobs -p | xargs -r kill 2>/dev/null || true
}

# fresh_card [GIB] LINE...: a card of this size with the image on it, and what its text file says; a key for SSH always.
fresh_card() {
  local size=$1
  shift
  rm -f "$run/leases"
  [ -f "$run/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$run/key" -C test
  cp --sparse=always "$work/card.img" "$disk"
  truncate -s "${size}G" "$disk"
  text_file "ssh-key = $(cat "$run/key.pub")" "$@"
  # The one thing that is not as delivered: the journal goes to the console too, so that a failure can be read.
  sed 's/ panic=10 / panic=10 systemd.journald.forward_to_console=1 /' "$here/boot.cmd" >"$run/boot.cmd"
  in_tools mkimage -q -A arm64 -O linux -T script -C none -d "$run/boot.cmd" "$run/boot.scr" >/dev/null
  to_fat "$run/boot.scr" boot.scr
}

to_fat() { in_tools mcopy -o -i "$disk@@${fat_at}M" "$1" "::$2"; }

# text_file LINE...: what partyline.txt on the card says, as Windows writes it.
text_file() {
  printf '%s\r\n' "$@" >"$run/partyline.txt"
  to_fat "$run/partyline.txt" partyline.txt
}

# What the box answered on the card.
result_file() { in_tools mtype -i "$disk@@${fat_at}M" ::partyline-result.txt | tr -d '\r'; }

power_on() {
  local card="driver=raw,file.filename=$disk"
  rm -f "$console" "$run/qemu.pid" "$run/writes.log"
  if [ "$lossy" = yes ]; then
    cp --sparse=always "$disk" "$run/before.img"
    : >"$run/writes.log"
    card="driver=blklogwrites,file.filename=$disk,log.filename=$run/writes.log"
  fi
  began=$(date +%s)
  in_tools qemu-system-aarch64 -M virt -cpu cortex-a72 -smp 2 -m 1024 -accel tcg,thread=multi,tb-size=512 -rtc "base=$clock" \
    -display none -monitor none -serial "file:$console" -pidfile "$run/qemu.pid" -bios /usr/lib/u-boot/qemu_arm64/u-boot.bin \
    -drive "$card,if=none,id=card" -device virtio-blk-device,drive=card \
    -netdev tap,id=net,ifname=cable,script=no,downscript=no -device virtio-net-device,netdev=net \
    -device virtio-rng-device "${watchdog[@]}" >"$run/qemu.log" 2>&1 &
  machine=$!
}

# As when the plug is pulled.
power_off() {
  [ -n "$machine" ] || return 0
  kill -9 "$(cat "$run/qemu.pid")" 2>/dev/null || true
  wait "$machine" 2>/dev/null || true
  machine=
  if [ -e "$run/writes.log" ]; then
    node "$root/dist/test/image/lost-writes.js" "$run/writes.log" "$run/before.img"
    mv "$run/before.img" "$disk"
    rm "$run/writes.log"
  fi
}

seconds_on() { echo $(($(date +%s) - began)); }

healthy() { [ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "http://$box/health")" = 200 ]; }

# wait_until SECONDS COMMAND...: fails, with the end of the console, when it does not come true.
wait_until() {
  local deadline=$(($(date +%s) + $1))
  shift
  until "$@"; do
    if ! kill -0 "$machine" 2>/dev/null; then
      cat "$run/qemu.log" >&2
      fail "the machine is off."
    fi
    if [ "$(date +%s)" -ge "$deadline" ]; then
      tail -n 30 "$console" >&2
      fail "in vain: $*"
    fi
    sleep 1
  done
}

on_box() {
  ssh -q -i "$run/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20 "root@$box" "$@"
}
