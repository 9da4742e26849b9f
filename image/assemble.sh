#!/usr/bin/env bash
# Writes the card's image, its sum and its list of components into image/out, from $work/root. No loop devices: every
# file system is made as a file and copied to its place.
. "$(dirname "$0")/common.sh"
. "$here/layout.sh"

slot=$work/root
parts=$work/parts
boot=$work/boot
card=$work/card.img
result=$out/partyline-$version-arm64.img.zst
mkdir -p "$parts" "$out"

say "Making the boot partition."
rm -rf "$boot" "$work/boot-files"
mkdir -p "$boot/overlays"
for deb in "$work"/boot-debs/*.deb; do dpkg-deb -x "$deb" "$work/boot-files"; done
firmware=$work/boot-files/usr/lib/raspi-firmware
cp "$firmware"/{bootcode.bin,start.elf,start4.elf,fixup.dat,fixup4.dat} "$boot/"
cp "$firmware"/overlays/*.dtbo "$boot/overlays/"
cp "$slot"/usr/lib/modules/*/dtb/broadcom/bcm2{71,83}*-rpi-*.dtb "$boot/"
cp "$work/boot-files/usr/lib/u-boot/rpi_arm64/u-boot.bin" "$here"/fat/* "$boot/"
in_tools mkimage -q -A arm64 -O linux -T script -C none -n partyline -d "$here/boot.cmd" "$boot/boot.scr" >/dev/null
find "$boot" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
rm -f "$parts/fat.img"
truncate -s "${fat_size}M" "$parts/fat.img"
in_tools mkfs.vfat --invariant -i "$disk_id" -F 32 -n BOOT "$parts/fat.img" >/dev/null
# One file at a time and in one order: mcopy would take them as the folder happens to have them.
in_tools sh -c "cd '$boot' && mmd -i '$parts/fat.img' ::overlays &&
  find . -type f | LC_ALL=C sort | while read -r file; do mcopy -m -i '$parts/fat.img' \"\$file\" \"::\$file\"; done"

say "Making the slot and the data partition."
make_slot "$slot" "$parts/slot.img"
rm -f "$parts/data.img"
in_tools mke2fs -q -t ext4 -b 4096 -m 0 -L DATA -U "$disk_id-0000-4000-8000-000000000004" \
  -E "hash_seed=$hash_seed,lazy_itable_init=0" "$parts/data.img" "${data_size}M"

say "Putting the card together."
rm -f "$card"
truncate -s "$((data_at + data_size))M" "$card"
sector() { echo $(($1 * 2048)); }
in_tools sfdisk -q "$card" <<TABLE
label: dos
label-id: 0x$disk_id
start=$(sector $fat_at), size=$(sector $fat_size), type=c, bootable
start=$(sector $slot_a_at), size=$(sector $slot_size), type=83
start=$(sector $slot_b_at), size=$(sector $slot_size), type=83
start=$(sector $data_at), size=$(sector $data_size), type=83
TABLE
place() { dd if="$1" of="$card" bs=1M seek="$2" conv=notrunc,sparse status=none; }
place "$parts/fat.img" $fat_at
place "$parts/slot.img" $slot_a_at
place "$parts/data.img" $data_at

say "Compressing (about a minute)."
in_tools zstd -q -f -T2 -"${PARTYLINE_ZSTD:-12}" "$card" -o "$result"
(cd "$out" && sha256sum "$(basename "$result")" >"$(basename "$result").sha256")
node "$here/components.mjs" "$version" "$here/packages.lock" "$root/package-lock.json" "$SOURCE_DATE_EPOCH" \
  >"$out/partyline-$version-arm64.cdx.json"
bash "$here/bundle.sh" "$parts/slot.img" "$version" "$out/partyline-$version-arm64.raucb"
sha256sum "$parts"/*.img "$card" | sed "s|$work/||" >"$out/partyline-$version-arm64.parts.sha256"
for file in "$result" "$out/partyline-$version-arm64.raucb"; do
  say "image/out/$(basename "$file"): $(($(stat -c %s "$file") / 1000000)) MB."
done
