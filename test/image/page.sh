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
  check 'an address is tried that nobody reaches' [ "$(page_post /box/network /box/network name=foyer way=fixed address=192.0.2.7/24 gateway= dns=)" = 303 ]
  wait_until 100 not_healthy
  wait_until 400 healthy
  check 'not kept, the old name is back' has_name lobby
  log_in
  check 'not kept, the page has the old settings' page_shows /box/network 'value="lobby"'
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

# From a file and by URL: what is not to be installed, one that is kept, and one that the box takes back.
test_page_updates() {
  local web
  check 'the start code of the card lets the first admin in' set_up_page
  make_tiny foreign
  check 'an update that somebody else signed is uploaded' uploaded tiny
  check 'and refused' page_comes_to 'not signed by the maker'
  make_tiny other-product
  check 'an update for another product is uploaded' uploaded tiny
  check 'and refused' page_comes_to 'for another product'
  make_update page-good
  printf '{"name":"before-the-update"}' | on_box partyline conference put >/dev/null && echo before-the-update >>"$run/written"
  node "$root/dist/test/image/update-server.js" "$desk" "$run" >"$run/update-server.log" 2>&1 &
  web=$!
  check 'an update that breaks off on its way is fetched' fetched cut/page-good
  check 'and refused' page_comes_to 'broke off'
  check 'a good update is uploaded' uploaded page-good
  check 'it waits for the call that is held' page_waits_for_call
  check 'it is installed and the box restarts' page_restarts
  wait_until $((patience * 2)) healthy
  check 'the version is the new one' has_version page-good
  wait_until "$patience" slot_is_good
  log_in
  check 'the page says that it is kept' page_comes_to 'notice done'
  check 'the page has a backup of before the update' page_shows /box/update '/box/update/backups/'
  check 'no service has failed' no_failed_units

  make_update sick sick_shape
  check 'an update with another shape of the database, and without rtpengine, is fetched' fetched sick
  check 'and recognized' page_comes_to 'id="update-quiet"'
  kill "$web"
  check 'it is installed and the box restarts' page_installs
  wait_until $((patience * 2)) healthy
  check 'the box is back on the version before' has_version page-good
  log_in
  check 'the page says why' page_comes_to 'Not healthy for too long: the application does not answer'
  check 'the database of before the update is back' database_is_back
  check 'every conference that was written is there' conferences_there
  check 'two phones hear each other' two_phones
  [ "$failed" -eq 0 ] || page_units update
}

# A phone that hangs up is what the update waits for; the page says so meanwhile.
page_waits_for_call() {
  local phones status=0
  node "$root/dist/test/image/two-phones.js" "$box" "$desk" stay >"$run/phones.log" 2>&1 &
  phones=$!
  for _ in $(seq 120); do grep -q talking "$run/phones.log" && break || sleep 1; done
  page_comes_to 'id="update-quiet"' && page_shows /box/update '2 calls' || status=1
  [ "$(page_post /box/update/install /box/update when=quiet)" = 303 ] || status=1
  page_comes_to 'id="update-hurry"' || status=1
  kill -INT "$phones"
  wait "$phones" || status=1
  return "$status"
}

# What the update wrote was laid aside, and the shape is the one of before.
database_is_back() {
  on_box 'ls /data/partyline/partyline.db.before-*' >/dev/null || return
  [ "$(on_box "cd / && runuser -u partyline -- node -e '
    new (require(\"/opt/partyline/node_modules/sqlite3\").Database)(\"/data/partyline/partyline.db\")
      .get(\"pragma user_version\", (error, row) => console.log(error ? error.message : row.user_version))'")" = "$(shapes)" ]
}

shapes() { find "$root/src/store/migrations" -name '0*.ts' | wc -l; }

# The application gives the database a new shape, and the box never becomes healthy: rtpengine is not there.
sick_shape() {
  local migrations=/opt/partyline/dist/src/store/migrations/index.js
  node -e '
    const [, from, to] = process.argv;
    const fs = require("fs");
    const text = fs.readFileSync(from, "utf8");
    const next = text.replace(/export const migrations = \[([^\]]*)\]/, (all, list) => {
      const version = list.split(",").filter((one) => one.trim()).length + 1;
      return `export const migrations = [${list}{ version: ${version}, name: "sick", sql: "CREATE TABLE sick (id INTEGER)" }]`;
    });
    if (next === text) throw new Error("the migrations were not found");
    fs.writeFileSync(to, next);' "$root/dist/src/store/migrations/index.js" "$run/migrations.js"
  impatient_health 12
  on_slot_image 'rm /usr/bin/rtpengine' "rm $migrations" "write $run/migrations.js $migrations" "set_inode_field $migrations mode 0100644"
}

# make_tiny foreign|other-product: $run/tiny.raucb. Small, because whose it is is seen before anything else.
make_tiny() {
  head -c 1000000 /dev/urandom >"$run/tiny.img"
  if [ "$1" = foreign ]; then
    RAUC_KEY=$run/foreign.key RAUC_CERT=$run/foreign.pem foreign_pair bash "$here/bundle.sh" "$run/tiny.img" tiny "$run/tiny.raucb"
  else
    bash "$here/bundle.sh" "$run/tiny.img" tiny "$run/tiny.raucb" another-product
  fi
}

# fetched PATH: the page is given the address of $run/PATH.raucb on this side of the cable.
fetched() {
  [ "$(page_post /box/update/url /box/update "url=http://$desk:8080/$1.raucb")" = 303 ]
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
  [ "$(page_post /box/update/install /box/update when=now)" = 303 ] && page_restarts
}

page_restarts() { wait_until 600 not_healthy; }

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
