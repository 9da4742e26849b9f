#!/usr/bin/env bash
# Installs the two phones nobody here wrote, for test/calls/foreign-*.test.ts: sipp, and baresip without windows. Every
# baresip module that the tests load is in baresip-core. And curl, which the examples of the manual are run with. Says
# nothing when all are there.
. "$(dirname "$0")/common.sh"

need_packages sip-tester baresip-core curl

# sipp sends telephone events through a raw socket, which takes a right that only root has by itself. Others get a copy
# with just that right, readable by nobody else; the package's own program stays as it is.
if [ "$(id -u)" -ne 0 ] && ! [ -x "$runtime/bin/sipp" ]; then
  need_packages libcap2-bin
  mkdir -p "$runtime/bin"
  install -m 700 "$(command -v sipp)" "$runtime/bin/sipp.part"
  as_root /sbin/setcap cap_net_raw+ep "$runtime/bin/sipp.part" || fail "sipp could not be given the right to raw sockets."
  mv "$runtime/bin/sipp.part" "$runtime/bin/sipp"
fi
