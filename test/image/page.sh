# The box's own web page, as an admin uses it: first start, network settings on trial, updates and the factory reset, with
# the sandboxes of root's programs as they are. Sourced by all.sh; each part wants a box that runs.
# shellcheck shell=bash disable=SC2154 # box, run, here and machine come from machine.sh

page_name=anna
page_password='correct horse'

# page_get PATH: what a browser gets there.
page_get() { curl -sk -H "Accept-Language: en" -m 60 -c "$run/cookies" -b "$run/cookies" "https://$box$1"; }

# page_token PATH: of the forms of that page.
page_token() { page_get "$1" | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d '"' -f 4; }

# page_post PATH PAGE FIELD=VALUE...: sends the form of that page; prints the status.
page_post() {
  local path=$1 token field fields=()
  token=$(page_token "$2")
  shift 2
  for field in "$@"; do fields+=(--data-urlencode "$field"); done
  curl -sk -H "Accept-Language: en" -m 60 -c "$run/cookies" -b "$run/cookies" -o "$run/answer.html" -w '%{http_code}' "https://$box$path" \
    -H "Origin: https://$box" --data-urlencode "csrf=$token" "${fields[@]}"
}

# page_shows PATH SENTENCE
page_shows() { [[ $(page_get "$1") = *"$2"* ]]; }

log_in() {
  rm -f "$run/cookies"
  [ "$(page_post /login /login "name=$page_name" "password=$page_password" next=/)" = 303 ]
}

# With the start code of the card, once; logs in when that has been done before.
set_up_page() {
  local code
  [ -n "$machine" ] || power_on
  wait_until "$patience" healthy
  wait_until "$patience" web_page
  wait_until "$patience" slot_is_good
  if ! page_shows /setup 'name="code"'; then
    log_in
    return
  fi
  code=$(on_box cat /boot/firmware/partyline-result.txt | tr -d '\r' | sed -n 's/^.*start code: *//p')
  rm -f "$run/cookies"
  [ "$(page_post /setup /setup "code=$code" box=Hall "name=$page_name" "password=$page_password" "repeat=$page_password")" = 303 ]
}

# What root's programs said, when a check failed.
page_units() { on_box journalctl -b --no-pager -o short-monotonic -u "'partyline-$1*'" -u partyline-address-watch | tail -n 40; }

test_page_network() {
  local old=$box new=10.77.0.60
  check 'the start code of the card lets the first admin in' set_up_page
  check 'the page has the end of the log' page_shows '/box/log?level=info' 'box set up on the web page'
  check 'new network settings are tried' tried foyer 10.77.0.70/24 10.77.0.70
  box=$old
  wait_until 400 has_name lobby
  wait_until "$patience" healthy
  log_in
  check 'not kept, the old settings are back' page_shows /box/network 'value="lobby"'
  check 'new network settings are tried once more' tried hall "$new/24" "$new"
  check 'who logs in at the new address keeps them' kept
  check 'the name is the new one' has_name hall
  check 'no service has failed' no_failed_units
  restart_box
  check 'they are kept over a restart' has_name hall
  [ "$failed" -eq 0 ] || page_units network
}

# tried NAME ADDRESS/PREFIX ADDRESS: asks for it, and goes on at the new address once the box is there.
tried() {
  local status
  status=$(page_post /box/network /box/network "name=$1" way=fixed "address=$2" "gateway=$desk" dns=)
  if [ "$status" != 303 ]; then
    echo "answer: $status"
    page_units network
    return 1
  fi
  box=$3
  wait_until 170 healthy
  has_name "$1"
}

kept() {
  local id
  wait_until 100 web_page
  log_in || return
  id=$(page_get /box/network | grep -o 'name="id" value="[^"]*"' | head -n 1 | cut -d '"' -f 4)
  [ "$(page_post /box/network/keep /box/network "id=$id")" = 303 ]
}

test_page_updates() {
  check 'the start code of the card lets the first admin in' set_up_page
  make_tiny_foreign
  check 'an update that somebody else signed is uploaded' uploaded tiny
  check 'and refused' page_comes_to 'not signed by the maker'
  make_update good
  check 'a good update is uploaded' uploaded good
  check 'and recognized' page_comes_to 'id="update-quiet"'
  check 'it is installed and the box restarts' page_installs
  wait_until $((patience * 2)) healthy
  check 'the version is the new one' has_version good
  wait_until "$patience" slot_is_good
  log_in
  check 'the page says that it is kept' page_comes_to 'notice done'
  check 'no service has failed' no_failed_units

  make_update sick sick_application
  check 'an update whose application does not start is uploaded' uploaded sick
  check 'and recognized' page_comes_to 'id="update-quiet"'
  check 'it is installed and the box restarts' page_installs
  wait_until $((patience * 2)) healthy
  check 'the box is back on the version before' has_version good
  log_in
  check 'the page says why' page_comes_to 'Not healthy for too long'
  [ "$failed" -eq 0 ] || page_units update
}

# Small, because whose it is is seen before anything else.
make_tiny_foreign() {
  head -c 1000000 /dev/urandom >"$run/tiny.img"
  RAUC_KEY=$run/foreign.key RAUC_CERT=$run/foreign.pem foreign_pair bash "$here/bundle.sh" "$run/tiny.img" tiny "$run/tiny.raucb"
}

uploaded() {
  local token status began
  began=$(date +%s)
  token=$(page_token /box/update)
  status=$(curl -sk -H "Accept-Language: en" -m 900 -c "$run/cookies" -b "$run/cookies" -o "$run/answer.html" -w '%{http_code}' "https://$box/box/update/file" \
    -H "Origin: https://$box" -F "csrf=$token" -F "file=@$run/$1.raucb")
  say "upload: $(($(date +%s) - began)) s"
  [ "$status" = 303 ] && return
  echo "answer: $status"
  return 1
}

# page_comes_to TEXT: the page of the updates has it sooner or later.
page_comes_to() {
  for _ in $(seq 60); do
    page_shows /box/update "$1" && return
    sleep 2
  done
  page_get /box/update | sed 's/<[^>]*>/ /g' | grep -v '^ *$' | tail -n 30
  page_units update
  return 1
}

page_installs() {
  [ "$(page_post /box/update/install /box/update when=now)" = 303 ] || return
  wait_until 600 not_healthy
}

test_page_reset() {
  check 'an admin is there' set_up_page
  check 'the factory reset is asked for' [ "$(page_post /box/reset /box/reset sure=true "current=$page_password")" = 200 ]
  box=10.77.0.50
  wait_until 300 not_healthy
  wait_until "$patience" healthy
  wait_until "$patience" web_page
  check 'the page wants a first admin again' page_shows /setup 'name="code"'
  check 'the conferences are the demo alone' only_demo
  on_box systemctl is-system-running --wait >/dev/null 2>&1 || true
  check 'no service has failed' no_failed_units
  : >"$run/written"
}
