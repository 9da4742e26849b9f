# What the scripts of the image share: where they work, and how a command runs inside the tools root. Sourced, not run.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/../configs/setup/common.sh"

here=$root/image
out=$here/out
# Everything between the inputs and the result, some 5 GB; never on the result's own way.
work=${PARTYLINE_IMAGE_WORK:-$out/work}
tools=$work/tools
suite=forky
version=$(node -p 'require(process.argv[1]).version' "$root/package.json")
# One moment for every time stamp in the image: that of the last commit, so that the same sources give the same bits.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

# mmdebstrap's options for the mirror of this machine, in ${mirror_options[@]}; its sources line in $sources.
find_mirror() {
  local keyring
  IFS=$'\t' read -r mirror keyring < <("$root/configs/setup/mirror.sh") || fail "no Debian mirror was found in the apt sources."
  mirror_options=(--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "3"'
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"')
  [ "$keyring" != - ] && [ -f "$keyring" ] && mirror_options+=(--keyring="$keyring")
  sources="deb $mirror $suite main contrib non-free-firmware"
}

# in_tools COMMAND...: runs inside the tools root, with mounts of its own that end with it; $work and the project are
# at the same paths there.
in_tools() {
  unshare --mount --propagation private bash -c '
    set -e
    tools=$1 work=$2 project=$3
    shift 3
    mount --rbind /dev "$tools/dev"
    mount -t proc proc "$tools/proc"
    mount --rbind /sys "$tools/sys"
    mkdir -p "$tools$work" "$tools$project"
    mount --bind "$project" "$tools$project"
    mount --bind "$work" "$tools$work"
    cat /etc/resolv.conf >"$tools/etc/resolv.conf"
    cat /etc/hosts >"$tools/etc/hosts"
    exec chroot "$tools" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
      SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" "$@"' in-tools "$tools" "$work" "$root" "$@"
}
