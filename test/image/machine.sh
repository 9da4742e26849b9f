# A box from the image in QEMU, with the boot loader a Raspberry Pi has, for the tests of the image: sourced, not run.
# Reached from here: web at 127.0.0.1:18080, SSH at 12222, SIP at UDP 15060.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/../../image/common.sh"
. "$here/layout.sh"

run=$work/run
disk=$run/card.img
console=$run/console.log
machine=

# fresh_card [SIZE]: a card with the image on it, of this many GiB, and a key for SSH in its text file.
fresh_card() {
  mkdir -p "$run"
  [ -f "$run/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$run/key" -C test
  cp --sparse=always "$work/card.img" "$disk"
  truncate -s "${1:-4}G" "$disk"
  text_file "ssh-key = $(cat "$run/key.pub")"
}

# text_file LINE...: what partyline.txt on the card says.
text_file() {
  printf '%s\r\n' "$@" >"$run/partyline.txt"
  to_fat "$run/partyline.txt" partyline.txt
}

to_fat() { in_tools mcopy -o -i "$disk@@${fat_at}M" "$1" "::$2"; }

# QEMU with what it forwards; its own process ends with this script.
power_on() {
  local forward=hostfwd=tcp:127.0.0.1:18080-:80,hostfwd=tcp:127.0.0.1:12222-:22,hostfwd=udp:127.0.0.1:15060-:5060
  rm -f "$console"
  began=$(date +%s)
  in_tools qemu-system-aarch64 -M virt -cpu cortex-a72 -smp 2 -m 1024 -accel tcg,thread=multi,tb-size=512 \
    -display none -monitor none -serial "file:$console" -bios /usr/lib/u-boot/qemu_arm64/u-boot.bin \
    -drive "file=$disk,format=raw,if=none,id=card,cache=unsafe" -device virtio-blk-device,drive=card \
    -netdev "user,id=net,$forward${FORWARD:-}" -device virtio-net-device,netdev=net -device virtio-rng-device \
    >"$run/qemu.log" 2>&1 &
  machine=$!
  trap power_off EXIT
}

# As when the plug is pulled.
power_off() {
  [ -z "$machine" ] || kill -9 "$machine" 2>/dev/null || true
  wait "$machine" 2>/dev/null || true
  machine=
}

seconds_on() { echo $(($(date +%s) - began)); }

healthy() { [ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' http://127.0.0.1:18080/health)" = 200 ]; }

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
  ssh -q -i "$run/key" -p 12222 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20 \
    root@127.0.0.1 "$@"
}
