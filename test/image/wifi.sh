# Wi-Fi on the web page, with two radios that the kernel makes up: one is the box's, on the other an access point runs on the
# box itself. Both radios are of one machine, so that who is in the Wi-Fi is seen, and not what goes over it. Sourced by
# all.sh, after page.sh; wants a box that runs.
# shellcheck shell=bash disable=SC2154 # box, desk, run and failed come from machine.sh and all.sh

wifi_name=Office
wifi_password='battery staple'

test_wifi() {
  check 'the start code of the card lets the first admin in' set_up_page
  check 'there are two radios' radios_on
  check 'an access point is on the second one' access_point
  check 'a Wi-Fi is tried with a wrong password' wifi_tried key 'battery maple'
  check 'the access point refuses it' within 80 wifi_said WRONG_KEY
  check 'the page says that it is not connected' page_shows /box/network '>not connected<'
  check 'the box is there by its cable' healthy
  check 'it is kept all the same' wifi_kept
  check 'it is tried with the right password' wifi_tried key "$wifi_password"
  check 'the box is in the Wi-Fi' within 80 in_wifi
  check 'the page says that it is connected' page_shows /box/network '>connected<'
  check 'the box is there by its cable still' healthy
  check 'it is kept' wifi_kept
  check 'its key is for root alone, and its password nowhere' wifi_secret
  check 'it is tried without Wi-Fi' wifi_tried off ''
  check 'the box is not in the Wi-Fi' within 60 not_in_wifi
  check 'it is taken back' taken_back
  check 'the box is in the Wi-Fi again' within 200 in_wifi
  check 'no service has failed' no_failed_units
  [ "$failed" -eq 0 ] || wifi_units

  restart_box
  check 'there are two radios after a restart' radios_on
  check 'an access point is on the second one' access_point
  check 'the box comes into the Wi-Fi by itself' within 200 in_wifi
  wait_until "$patience" web_page
  log_in
  check 'Wi-Fi is switched off again' wifi_tried off ''
  check 'and that is kept' wifi_kept
  check 'the box is not in the Wi-Fi' within 60 not_in_wifi
  check 'nothing of it is left' wifi_gone
  [ "$failed" -eq 0 ] || wifi_units
}

# within SECONDS COMMAND...: as wait_until, but what does not come true is only false. A trial lasts 180 s.
within() {
  local deadline=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 1
  done
}

radios_on() {
  on_box 'modprobe mac80211_hwsim radios=2 && udevadm settle && ls -d /sys/class/net/wlan0 /sys/class/net/wlan1 >/dev/null'
}

access_point() {
  on_box "cat >/root/access-point.conf" <<EOF || return
network={
  ssid="$wifi_name"
  mode=2
  frequency=2412
  proto=RSN
  key_mgmt=WPA-PSK
  pairwise=CCMP
  psk="$wifi_password"
}
EOF
  on_box 'systemd-run --quiet --unit=access-point wpa_supplicant -c /root/access-point.conf -i wlan1' || return
  within 60 on_box 'journalctl -b --no-pager -u access-point | grep -q AP-ENABLED' && return
  on_box 'journalctl -b --no-pager -u access-point | tail -n 20'
  return 1
}

# wifi_tried WAY PASSWORD: asks for it, with name and address as they are, and waits until it is in force.
wifi_tried() {
  local status address=(way=dhcp)
  [ "$box" = 10.77.0.50 ] || address=(way=fixed "address=$box/24" "gateway=$desk" dns=)
  status=$(page_post /box/network /box/network "name=$(on_box hostname)" "${address[@]}" "wifi=$1" \
    "wifi-name=$wifi_name" "wifi-password=$2" wifi-country=DE)
  if [ "$status" != 303 ]; then
    echo "answer: $status"
    wifi_units
    return 1
  fi
  within 100 page_shows /box/network 'action="/box/network/keep"'
}

wifi_kept() { kept && page_shows /box/network 'The new settings are kept.'; }

taken_back() {
  local id
  id=$(page_get /box/network | grep -o 'name="id" value="[^"]*"' | head -n 1 | cut -d '"' -f 4)
  [ "$(page_post /box/network/return /box/network "id=$id")" = 303 ] &&
    page_shows /box/network 'The old settings are back.'
}

wifi_said() { on_box "journalctl -b --no-pager -u partyline-wifi@wlan0 | grep -q '$1'"; }

# With a key, the kernel says so only once both sides have proved that they have it.
in_wifi() { on_box grep -qx up /sys/class/net/wlan0/operstate; }

not_in_wifi() { on_box '! grep -qx up /sys/class/net/wlan0/operstate'; }

wifi_secret() {
  local modes found
  modes=$(on_box stat -c %a /run/partyline/{wpa_supplicant.conf,network.json} /data/box/network.json | paste -sd ' ')
  found=$(on_box "grep -lrs '$wifi_password' /data/box /data/partyline/partyline.db* /run/partyline*
    grep -l '[0-9a-f]\{64\}' /run/partyline/answers/network.json
    journalctl -b --no-pager | grep -c '$wifi_password'" | paste -sd ' ')
  [ "$modes/$found" = '600 600 600/0' ] && return
  echo "modes: $modes; found: $found"
  return 1
}

wifi_gone() {
  on_box '! systemctl -q is-active partyline-wifi@wlan0 &&
    ! ls /run/partyline/wpa_supplicant.conf /run/systemd/network/20-wifi.network 2>/dev/null'
}

wifi_units() {
  page_units network
  on_box journalctl -b --no-pager -o short-monotonic -u partyline-wifi@wlan0 -u access-point | tail -n 40
}
