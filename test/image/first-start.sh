# A new card, from power to a call, and what an appliance must not have. Sourced by all.sh.
# shellcheck shell=bash disable=SC2154 # box, desk, run and root come from machine.sh

test_first_start() {
  power_on
  wait_until "$patience" healthy
  say "/health answers 200 after $(seconds_on) s."
  on_box systemctl is-system-running --wait >/dev/null 2>&1 || true
  check 'no service has failed' no_failed_units
  check 'this slot is marked as good' slot_is_good
  say "memory in use at rest: $(memory_in_use) MiB of $(on_box free -m | awk '/^Mem:/ { print $2 }')"
  on_box systemd-analyze 2>/dev/null | head -n 1
  check 'at rest nothing is written to the card for two minutes' card_spared
  check 'two phones are answered, enter a PIN and hear each other' two_phones
  check 'the web page is there, by HTTPS, with its style sheet' web_page
  check 'TCP: SSH (its key is on the card), the web and SIP are open, nothing else' open_ports 22 80 443 5060
  check 'UDP: what is not allowed does not come in' udp_filtered
  check 'no account has a password, and no console asks for one' no_login
  check 'only /data is writable on the card' only_data_writable
  check 'the slot itself refuses to be written' slot_read_only
  check '/data has grown to the card of 4 GiB' data_has_grown
  check 'the name of the text file is the name of the box' has_name lobby
  check 'the web page and the SIP server are no root, and have no rights but port 80' own_users
  check 'our services are sandboxed: exposure under 4' sandboxed
  check 'the command line sees the box' command_line
}

no_failed_units() {
  local units
  units=$(on_box systemctl --failed --no-legend --plain) && [ -z "$units" ] && return
  echo "$units"
  return 1
}

slot_is_good() { on_box rauc status --output-format=shell | grep -q 'RAUC_SLOT_BOOT_STATUS_[0-9]=.\?good'; }

memory_in_use() { on_box free -m | awk '/^Mem:/ { print $3 }'; }

# Sectors of 512 bytes: the seventh number of the kernel's, Documentation/block/stat.rst.
sectors_written() { on_box cat /sys/block/vda/stat | awk '{ print $7 }'; }

card_spared() {
  local before after
  # What the start has left.
  on_box sync
  before=$(sectors_written)
  sleep 120
  after=$(sectors_written)
  [ -n "$before" ] && [ "$after" = "$before" ] && return
  echo "$(((after - before) / 2)) KiB were written"
  return 1
}

two_phones() { node "$root/dist/test/image/two-phones.js" "$box" "$desk"; }

web_page() {
  local page style
  page=$(curl -skL -m 20 "https://$box/") || return
  style=$(printf '%s' "$page" | grep -o '/assets/style[^"]*' | head -n 1)
  [ -n "$style" ] && curl -skf -m 20 -o /dev/null "https://$box$style"
}

open_ports() {
  local open
  open=$(node "$root/dist/test/image/open-ports.js" "$box")
  [ "$open" = "$*" ] && return
  echo "open: $open"
  return 1
}

# Two ears on the box, one on a port of RTP that is free and one on a port that nobody allowed.
udp_filtered() {
  local heard ears
  on_box "timeout 60 node -e '
    for (const port of [30502, 40000])
      require(\"dgram\").createSocket(\"udp4\").bind(port, \"0.0.0.0\", () => console.log(\"listening\"))
        .on(\"message\", () => console.log(port));'" >"$run/udp.log" &
  ears=$!
  for _ in $(seq 60); do [ "$(grep -c listening "$run/udp.log")" -eq 2 ] && break || sleep 1; done
  node -e '
    const socket = require("dgram").createSocket("udp4");
    for (const port of [30502, 40000, 30502, 40000]) socket.send("x", port, process.argv[1]);
    setTimeout(() => socket.close(), 2000);' "$box"
  wait "$ears" || true
  heard=$(grep -v listening "$run/udp.log" | sort -u | paste -sd ' ')
  [ "$heard" = 30502 ] && return
  echo "heard on: $heard"
  return 1
}

no_login() {
  local open consoles
  open=$(on_box "awk -F: '\$2 !~ /^[!*]/ { print \$1 }' /etc/shadow") || return
  consoles=$(on_box "systemctl list-units --plain --no-legend --state=active --type=service '*getty*' 'debug-shell*' 'console*'") || return
  [ -z "$open$consoles" ] && return
  echo "$open $consoles"
  return 1
}

only_data_writable() {
  local writable
  # A folder of it that is mounted elsewhere has its name in brackets behind the partition's. The bind mounts of the
  # services' sandboxes are not seen from outside them.
  writable=$(on_box "findmnt -rn -t ext4,vfat -O rw -o SOURCE" | sed 's/\[.*//' | sort -u | paste -sd ' ')
  [ "$writable" = "$(on_box findmnt -rn -o SOURCE /data)" ] && return
  echo "writable: $writable"
  return 1
}

slot_read_only() { on_box 'test -d /run/overlay/lower/usr && ! touch /run/overlay/lower/usr/x 2>/dev/null'; }

data_has_grown() { [ "$(on_box df -m --output=size /data | tail -n 1)" -gt 1500 ]; }

has_name() { [ "$(on_box hostname)" = "$1" ]; }

own_users() {
  local users
  users=$(on_box "for unit in partyline partyline-sip partyline-media; do
    stat -c %U /proc/\$(systemctl show -p MainPID --value \$unit); done" | paste -sd ' ')
  [ "$users" = 'partyline partyline-sip partyline-media' ] && return
  echo "$users"
  return 1
}

# Every one of our services, also those that run for a moment only.
sandboxed() {
  local figures
  # shellcheck disable=SC2016 # the box's own
  figures=$(on_box 'for unit in $(systemctl list-unit-files --plain --no-legend "partyline*.service" | sed "s/@\?\.service.*//"); do
    systemd-analyze security --no-pager "$unit$(test $unit != partyline-wifi || echo @wlan0).service" |
      sed -n "s/.*exposure level for \(.*\): \([0-9.]*\) .*/\1 \2/p"
  done')
  printf '%s\n' "$figures"
  [ "$(printf '%s\n' "$figures" | awk '$2 < 4' | wc -l)" -ge 14 ] && ! printf '%s\n' "$figures" | awk '$2 >= 4' | grep .
}

command_line() { on_box partyline status; }
