# The card: an MBR, which the boot ROM of a Raspberry Pi 3 needs, with the FAT partition, two slots and the data. MiB.
# shellcheck shell=bash disable=SC2034 # used by the scripts that source this file

disk_id=70617274
fat_at=4 fat_size=128
slot_size=1024
slot_a_at=$((fat_at + fat_size))
slot_b_at=$((slot_a_at + slot_size))
data_at=$((slot_b_at + slot_size)) data_size=128

# File systems of one and the same identity: the same files give the same bits.
hash_seed=$disk_id-0000-4000-8000-0000000000aa

# make_slot FOLDER FILE: a slot's file system. Its features are those that U-Boot can read.
make_slot() {
  rm -f "$2"
  in_tools mke2fs -q -t ext4 -b 4096 -m 0 -O '^metadata_csum_seed,^orphan_file,^has_journal' \
    -U "$disk_id-0000-4000-8000-000000000002" -E "hash_seed=$hash_seed,lazy_itable_init=0,root_owner=0:0" \
    -d "$1" "$2" "${slot_size}M"
}
