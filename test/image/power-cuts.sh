# The plug is pulled in moments that nobody chose. Sourced by all.sh, with a box that is on.
# shellcheck shell=bash disable=SC2154 # box, desk, run and root come from machine.sh

cuts=${PARTYLINE_CUTS:-10}

test_power_cuts() {
  local cut id written
  [ -n "$machine" ] || power_on
  wait_until "$patience" healthy
  id=$(on_box cat /etc/machine-id)
  written=$(on_box date -r /var/lib/systemd/timesync/clock +%s)
  clock=2020-01-01
  power_off
  lossy=yes
  power_on
  for cut in $(seq "$cuts"); do
    wait_until "$patience" healthy
    if [ $((cut % 2)) -eq 1 ]; then cut_while_writing "$cut"; else cut_while_starting; fi
    power_on
    wait_until "$patience" healthy
    say "healthy again $(seconds_on) s after power cut $cut"
    check "power cut $cut: the database is whole" database_whole
    check "power cut $cut: every conference that was written is there" conferences_there
    on_box systemctl is-system-running --wait >/dev/null 2>&1 || true
    check "power cut $cut: no service has failed" no_failed_units
  done
  lossy=no
  check 'two phones are answered after the power cuts' two_phones
  check 'the web page is there, by HTTPS' web_page
  check 'the machine has the id it had' same_id "$id"
  check 'the clock has gone on, without a time server' [ "$(on_box date +%s)" -ge "$written" ]
}

# During a call, while conferences are being written; those that were reported as written are in $run/written.
cut_while_writing() {
  local phones writer moment=$((RANDOM % 15 + 3))
  node "$root/dist/test/image/two-phones.js" "$box" "$desk" stay >"$run/phones.log" 2>&1 &
  phones=$!
  for _ in $(seq 120); do grep -q talking "$run/phones.log" && break || sleep 1; done
  check "power cut $1: two phones talk before it" grep -q talking "$run/phones.log"
  (
    for number in $(seq 100); do
      name="cut-$1-$number"
      printf '{"name":"%s"}' "$name" | on_box partyline conference put >/dev/null && echo "$name" >>"$run/written" || exit 0
    done
  ) &
  writer=$!
  for _ in $(seq 60); do grep -q "cut-$1-" "$run/written" 2>/dev/null && break || sleep 1; done
  sleep "$moment"
  say "pulling the plug during a call, $moment s after the first write"
  power_off
  kill "$phones" "$writer" 2>/dev/null || true
  wait "$phones" "$writer" 2>/dev/null || true
}

cut_while_starting() {
  local moment=$((RANDOM % 60 + 3))
  power_off
  power_on
  sleep "$moment"
  say "pulling the plug $moment s after the start"
  power_off
}

same_id() { [ -n "$1" ] && [ "$(on_box cat /etc/machine-id)" = "$1" ]; }

database_whole() {
  [ "$(on_box "cd / && runuser -u partyline -- node -e '
    new (require(\"/opt/partyline/node_modules/sqlite3\").Database)(\"/data/partyline/partyline.db\")
      .get(\"pragma integrity_check\", (error, row) => console.log(error ? error.message : row.integrity_check))'")" = ok ]
}

conferences_there() {
  local list missing
  list=$(on_box partyline conference list --json) || return
  missing=$(while read -r name; do printf '%s' "$list" | grep -q "\"$name\"" || echo "$name"; done <"$run/written")
  [ -z "$missing" ] && return
  echo "missing: $missing"
  return 1
}
