#!/usr/bin/env bash
# Makes the root of a slot, $work/root, out of Debian, the files of image/root and the application.
. "$(dirname "$0")/common.sh"
. "$here/emulation.sh"

slot=$work/root
say "Putting the root together."
rm -rf "$slot"
cp -a "$work/base" "$slot"
cp -r --no-preserve=ownership "$here/root/." "$slot/"
mkdir -p "$slot/opt" "$slot/data" "$slot/boot/firmware" "$slot/etc/rauc"
cp -r --no-preserve=ownership "$work/application" "$slot/opt/partyline"
# Whoever checked the project out had an umask of their own.
chmod -R u=rwX,go=rX "$slot/opt/partyline"
(cd "$here/root" && find . -print0) | (cd "$slot" && xargs -0 chmod u=rwX,go=rX)
cp "$("$here/keys.sh" certificate)" "$slot/etc/rauc/keyring.pem"
# SSH is as partyline.txt says, not as a machine that may have a hypervisor wants it.
mkdir -p "$slot/etc/systemd/system-generators"
ln -s /dev/null "$slot/etc/systemd/system-generators/systemd-ssh-generator"
echo "$version" >"$slot/etc/partyline-version"
# A Raspberry Pi has no clock of its own: it is never earlier than this at start.
: >"$slot/usr/lib/clock-epoch"
echo partyline >"$slot/etc/hostname"
printf '127.0.0.1 localhost partyline\n::1 localhost\n' >"$slot/etc/hosts"

# What no box needs: other vendors' device trees, and drivers of graphics, cameras and clusters.
find "$slot"/usr/lib/modules/*/dtb -mindepth 1 -maxdepth 1 -type d ! -name broadcom -exec rm -rf {} +
rm -rf "$slot"/usr/lib/modules/*/kernel/{drivers/gpu,drivers/media,drivers/infiniband,sound}
rm -rf "$slot"/usr/share/{doc-base,info,lintian,bug,mime} "$slot"/var/{cache,log}/* "$slot"/usr/include

begin_emulation
# in_slot COMMAND...: with the /proc that systemd's own tools want.
in_slot() {
  in_tools sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$slot" "$@"
}
# No account has a password, and nobody can log in at the console.
in_slot systemd-sysusers 2>/dev/null
in_slot passwd -q -l root
# What no box needs, and what has no sense with a root that is new at every start and logs in memory. Not logind: without it
# "systemctl reboot" fails.
in_slot systemctl -q mask rtpengine-daemon.service rtpengine.service wpa_supplicant.service ssh.socket sshd-keygen.service \
  getty@.service serial-getty@.service getty-static.service getty.target \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
  ldconfig.service systemd-journal-catalog-update.service systemd-hwdb-update.service systemd-update-done.service \
  systemd-firstboot.service systemd-journal-flush.service systemd-machine-id-commit.service systemd-random-seed.service \
  systemd-binfmt.service proc-sys-fs-binfmt_misc.automount systemd-hibernate-clear.service systemd-pstore.service \
  systemd-network-generator.service systemd-networkd-wait-online.service remote-fs.target systemd-sysinstall.socket \
  systemd-hostnamed.socket systemd-hostnamed.service \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
  sys-fs-fuse-connections.mount modprobe@.service
in_slot systemctl -q enable systemd-networkd systemd-resolved systemd-timesyncd nftables avahi-daemon ssh \
  partyline-box-file partyline-address-watch partyline-media partyline-sip partyline partyline-health \
  partyline-factory-reset.path partyline-syslog partyline-wifi@wlan0

# A real drachtio-server in the place of ours, from a package that no registry carries. Its own service stays off: the
# sandbox, the address and the secret are those of partyline-sip.
if [ -n "${DRACHTIO_DEB:-}" ]; then
  say "Installing $(dpkg-deb -f "$DRACHTIO_DEB" Package) $(dpkg-deb -f "$DRACHTIO_DEB" Version)."
  cp "$DRACHTIO_DEB" "$slot/tmp/drachtio.deb"
  in_slot dpkg --install /tmp/drachtio.deb >"$work/log/drachtio.log" 2>&1 || {
    tail -n 15 "$work/log/drachtio.log" >&2
    fail "$DRACHTIO_DEB could not be installed; what it depends on must be in image/packages.list."
  }
  [ -x "$slot/usr/bin/drachtio" ] || fail "$DRACHTIO_DEB has no /usr/bin/drachtio."
  for unit in $(dpkg-deb -c "$DRACHTIO_DEB" | sed -n 's|.*/systemd/system/\([^/@]*\.service\)$|\1|p'); do
    in_slot systemctl -q mask "$unit"
  done
  mkdir -p "$slot/etc/systemd/system/partyline-sip.service.d"
  cp "$here/drachtio.conf" "$slot/etc/systemd/system/partyline-sip.service.d/drachtio.conf"
fi

# A small initramfs of named modules: what can hold a card, and what QEMU has.
sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=zstd/' "$slot/etc/initramfs-tools/initramfs.conf"
printf '%s\n' overlay ext4 vfat nls_cp437 nls_ascii nls_iso8859_1 mmc_block sdhci_iproc bcm2835 sdhci_brcmstb \
  reset_raspberrypi irq_bcm2712_mip clk_rp1 pinctrl_rp1 rp1_pci bcm2835_wdt bcm2835_dma usb_storage uas xhci_pci \
  xhci_plat_hcd dwc2 nvme virtio_blk virtio_mmio virtio_net virtio_pci qemu_fw_cfg >>"$slot/etc/initramfs-tools/modules"
rm "$slot/usr/sbin/update-initramfs"
in_slot dpkg-divert --quiet --local --rename --remove /usr/sbin/update-initramfs
# The initramfs takes over times, and Debian's installation wrote its files when it ran.
find "$slot" -xdev -print0 | xargs -0 touch -h -d "@$SOURCE_DATE_EPOCH"
patiently "Making the initramfs" "$work/log/initramfs.log" in_tools sh -c "
  mount -t proc proc '$slot/proc' && mount -t tmpfs tmpfs '$slot/var/tmp' && chroot '$slot' update-initramfs -c -k all"
ln -sf "$(basename "$slot"/boot/vmlinuz-*)" "$slot/boot/vmlinuz"
ln -sf "$(basename "$slot"/boot/initrd.img-*)" "$slot/boot/initrd.img"

# Everything that would be the same on all boxes, or different in every build.
: >"$slot/etc/machine-id"
rm -f "$slot"/etc/ssh/ssh_host_* "$slot/var/lib/dbus/machine-id" "$slot/etc/resolv.conf" "$slot/var/lib/systemd/random-seed"
ln -s ../run/systemd/resolve/stub-resolv.conf "$slot/etc/resolv.conf"
rm -rf "$slot"/var/lib/apt/lists/* "$slot"/var/lib/dpkg/*-old "$slot"/etc/*- "$slot"/tmp/* "$slot"/var/tmp/* \
  "$slot"/etc/apt/sources.list "$slot"/etc/apt/sources.list.d/* "$slot"/etc/apt/apt.conf.d/99mmdebstrap "$slot"/var/cache/ldconfig
find "$slot" -xdev -print0 | xargs -0 touch -h -d "@$SOURCE_DATE_EPOCH"
