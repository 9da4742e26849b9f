#!/bin/sh
# The steps that mmdebstrap runs between its own, inside the tools root; $2 is the root that is being made.
#
# usage: root-hook.sh lists ROOT SAVE [LOCK] | divert ROOT | boot-files ROOT FOLDER PACKAGE...
set -eu
export LC_ALL=C
step=$1 target=$2
shift 2

case $step in
  lists)
    # Before anything large is fetched: every package of the lock must still be on the mirror.
    awk '/^Package: / { name = $2 } /^Version: / { version = $2 } /^SHA256: / { print name, version, $2 }' \
      "$target"/var/lib/apt/lists/*_Packages | sort -u >"$1"
    [ -n "${2:-}" ] || exit 0
    grep -v '^#' "$2" | sort -u | comm -23 - "$1" >"$1.drift"
    [ -s "$1.drift" ] || exit 0
    echo "These packages of image/packages.lock are no longer on the mirror:" >&2
    cat "$1.drift" >&2
    echo 'Renew the lock by "make image-lock", and look at what changed before it is committed.' >&2
    exit 1
    ;;
  divert)
    # update-initramfs takes two minutes under emulation and would run for every package that has a say in it: it runs
    # once, when everything is in place.
    chroot "$target" dpkg-divert --local --rename --divert /usr/sbin/update-initramfs.real --add /usr/sbin/update-initramfs
    ln -s /bin/true "$target/usr/sbin/update-initramfs"
    ;;
  boot-files)
    # Not installed, because their scripts demand a mounted boot partition: only their files are taken.
    into=$1
    shift
    chroot "$target" sh -c 'cd /var/tmp && apt-get -q download "$@"' sh "$@"
    mv "$target"/var/tmp/*.deb "$into/"
    ;;
esac
