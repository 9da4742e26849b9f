# The boot chain of a Raspberry Pi as far as QEMU has one: U-Boot of the card, with the device tree of the model, chooses
# a slot and starts its kernel. The firmware before U-Boot is not run, and the kernel is not waited for: QEMU's models
# lack what it needs. Sourced by all.sh.
# shellcheck shell=bash disable=SC2154 # run, work and fat_at come from machine.sh

test_pi_boot() {
  power_off
  check 'raspi3b: U-Boot chooses slot A and starts its kernel' pi_starts raspi3b bcm2837-rpi-3-b.dtb
  check 'raspi4b: U-Boot chooses slot A and starts its kernel' pi_starts raspi4b bcm2711-rpi-4-b.dtb
}

# pi_starts MODEL DEVICE_TREE
pi_starts() {
  local file status=1 card=$run/pi.img
  cp --sparse=always "$work/card.img" "$card"
  # What QEMU takes for an SD card has a power of two for its size.
  truncate -s 4G "$card"
  for file in u-boot.bin "$2"; do in_tools mcopy -o -n -i "$card@@${fat_at}M" "::$file" "$run/$file"; done
  rm -f "$run/pi-"{0,1}.log "$run/pi.pid"
  # U-Boot speaks on the first or on the second serial line, as the model has it.
  in_tools qemu-system-aarch64 -M "$1" -display none -monitor none -serial "file:$run/pi-0.log" -serial "file:$run/pi-1.log" \
    -pidfile "$run/pi.pid" -kernel "$run/u-boot.bin" -dtb "$run/$2" -drive "file=$card,format=raw,if=sd" >"$run/pi.log" 2>&1 &
  for _ in $(seq 300); do
    if grep -qs 'Starting kernel' "$run"/pi-[01].log; then
      status=0
      break
    fi
    kill -0 $! 2>/dev/null || break
    sleep 1
  done
  kill -9 "$(cat "$run/pi.pid")" 2>/dev/null || true
  wait $! 2>/dev/null || true
  grep -qs 'partyline: slot A' "$run"/pi-[01].log || status=1
  [ "$status" -eq 0 ] || tail -n 20 "$run"/pi.log "$run"/pi-[01].log
  rm -f "$card"
  return "$status"
}
