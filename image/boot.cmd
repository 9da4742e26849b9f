# Chooses the slot to start, for U-Boot: the same script on a Raspberry Pi (mmc) and under QEMU (virtio). BOOT_ORDER and
# the tries that are left of each slot are in slots.env on the FAT partition, in the format of U-Boot's environment,
# where RAUC reads and writes them. A slot that does not say within its tries that it is healthy is given up: three tries
# for an update, nine for a slot that was good before, whose plug may be pulled a few times in a row. More than nine would
# not do: setexpr counts in hexadecimal, test and RAUC in decimal.
setenv BOOT_ORDER "A B"
setenv BOOT_A_LEFT 9
setenv BOOT_B_LEFT 3
if test "${fdt_addr}" = "" ; then setenv fdt_addr ${fdtcontroladdr} ; fi
if test "${devtype}" = "virtio" ; then
  setenv k_addr 0x41000000 ; setenv r_addr 0x46000000 ; setenv e_addr 0x4f000000
  setenv con "console=ttyAMA0"
else
  setenv k_addr 0x10000000 ; setenv r_addr 0x14000000 ; setenv e_addr 0x01000000
  setenv con "console=ttyAMA10,115200 console=ttyS0,115200 console=ttyS1,115200"
fi
# slots.bak is what the running system wrote last: for when the plug was pulled while slots.env was being written.
setenv known ""
for f in slots.env slots.bak ; do
  if test "${known}" = "" ; then
    if load ${devtype} ${devnum}:1 ${e_addr} ${f} ; then
      if env import -c ${e_addr} ${filesize} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT ; then
        setenv known ${f}
      else
        echo "partyline: ${f} is damaged"
      fi
    fi
  fi
done
setenv slot ""
for s in ${BOOT_ORDER} ; do
  if test "${slot}" = "" ; then
    if test "${s}" = "A" ; then
      if test ${BOOT_A_LEFT} -gt 0 ; then
        setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1 ; setenv slot A ; setenv part 2
      fi
    else
      if test ${BOOT_B_LEFT} -gt 0 ; then
        setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1 ; setenv slot B ; setenv part 3
      fi
    fi
  fi
done
if test "${slot}" = "" ; then
  echo "partyline: no slot has a try left, beginning anew"
  setenv BOOT_A_LEFT 3 ; setenv BOOT_B_LEFT 3
  env export -c -s 0x4000 ${e_addr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
  fatwrite ${devtype} ${devnum}:1 ${e_addr} slots.env 0x4000
  sleep 2
  reset
fi
env export -c -s 0x4000 ${e_addr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
fatwrite ${devtype} ${devnum}:1 ${e_addr} slots.env 0x4000
echo "partyline: slot ${slot} (order ${BOOT_ORDER}, left A=${BOOT_A_LEFT} B=${BOOT_B_LEFT})"
# A serial line takes three seconds for what the kernel would say, and nobody is there; a file verbose.txt on the FAT
# partition lets it speak.
setenv talk quiet
if size ${devtype} ${devnum}:1 verbose.txt ; then setenv talk ; fi
part uuid ${devtype} ${devnum}:${part} rootuuid
setenv bootargs "root=PARTUUID=${rootuuid} ro rootwait rauc.slot=${slot} panic=10 transparent_hugepage=never ${talk} ${con}"
if load ${devtype} ${devnum}:${part} ${k_addr} /boot/vmlinuz && load ${devtype} ${devnum}:${part} ${r_addr} /boot/initrd.img ; then
  booti ${k_addr} ${r_addr}:${filesize} ${fdt_addr}
fi
echo "partyline: slot ${slot} does not load"
sleep 2
reset
