#!/usr/bin/env bash
# Unpacks the programs that make and boot an image (mmdebstrap, mke2fs, RAUC, QEMU, U-Boot) from Debian forky into a
# root of their own, so that this machine's packages stay as they are. Done once; says nothing when it is there.
. "$(dirname "$0")/common.sh"

packages=(mount mmdebstrap arch-test qemu-user qemu-system-arm mtools dosfstools e2fsprogs fdisk squashfs-tools
  rauc rauc-service u-boot-qemu u-boot-tools zstd openssl debian-archive-keyring ca-certificates procps
  dnsmasq-base iproute2)
stamp="$(printf '%s ' "${packages[@]}")"
[ "$(cat "$tools.stamp" 2>/dev/null)" = "$stamp" ] && exit 0

[ "$(id -u)" -eq 0 ] || fail "an image can be made by root alone (chroot, mounts)."
need_packages mmdebstrap
find_mirror
mkdir -p "$work"
rm -rf "$tools" "$tools.stamp"
include=$(printf '%s,' "${packages[@]}")
patiently "Unpacking the tools" "$work/log/tools.log" mmdebstrap --variant=apt "${mirror_options[@]}" \
  --include="${include%,}" "$suite" "$tools" "$sources" ||
  fail "the tools could not be unpacked from $mirror; see above and run this again."
printf '%s' "$stamp" >"$tools.stamp"
