# Lets this machine run arm64 programs while the script that sources this file runs; undone when it ends. The emulator
# is the tools root's, held open by the kernel (flag F), so it needs no file inside the root that is being made.
# shellcheck shell=bash

emulation=/proc/sys/fs/binfmt_misc/partyline-aarch64

end_emulation() {
  if [ -e "$emulation" ]; then echo -1 >"$emulation"; fi
}

begin_emulation() {
  mountpoint -q "${emulation%/*}" || mount -t binfmt_misc binfmt_misc "${emulation%/*}" ||
    fail "this kernel has no binfmt_misc; make the image on one that has."
  end_emulation
  trap end_emulation EXIT
  # The first 20 bytes of an ELF file for AArch64, and which of their bits count.
  printf '%s' ":partyline-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:$tools/usr/bin/qemu-aarch64:OCF" \
    >"${emulation%/*}/register"
}
