#!/usr/bin/env bash
# Writes a signed update bundle for RAUC: one slot, whole, which the box checks block by block while it is written.
#
# usage: bundle.sh SLOT_IMAGE VERSION BUNDLE [PRODUCT]   paths below the project or $work
. "$(dirname "$0")/common.sh"

slot=$1 bundle_version=$2 bundle=$3 product=${4:-partyline}
stage=$(mktemp -d "$work/bundle.XXXXXX")
trap 'rm -rf "$stage"' EXIT
mkdir "$stage/content"
ln "$slot" "$stage/content/root.ext4"
cat >"$stage/content/manifest.raucm" <<MANIFEST
[update]
compatible=$product
version=$bundle_version

[bundle]
format=verity

[image.rootfs]
filename=root.ext4
MANIFEST
# rauc has to read them inside the tools root, wherever a release keeps its own.
install -m 600 "$("$here/keys.sh" key)" "$stage/key"
install -m 600 "$("$here/keys.sh" certificate)" "$stage/certificate"
rm -f "$bundle"
in_tools rauc --cert="$stage/certificate" --key="$stage/key" bundle \
  --mksquashfs-args="-comp zstd -Xcompression-level ${PARTYLINE_ZSTD:-12} -processors 2" "$stage/content" "$bundle" >"$work/log/bundle.log" 2>&1 || {
  tail -n 15 "$work/log/bundle.log" >&2
  fail "the update bundle could not be made; see above."
}
