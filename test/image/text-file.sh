# What an installer writes into partyline.txt, right and wrong. Sourced by all.sh.
# shellcheck shell=bash disable=SC2154 # box, run and machine come from machine.sh

test_text_file() {
  local key listener dhcp=$box
  key="ssh-key = $(cat "$run/key.pub")"
  [ -n "$machine" ] || power_on
  wait_until "$patience" healthy
  power_off
  check 'the box says on the card that the file is used, and the start code' result_says 'Everything in partyline.txt is used' 'start code: '

  text_file "$key" 'name = hall' 'address = 10.77.0.60/99'
  power_on
  wait_until "$patience" healthy
  check 'a wrong address: the last good file holds' has_name lobby
  power_off
  check 'a wrong address: the box says on the card why' result_says 'Nothing of partyline.txt is used' 'address must be'

  text_file 'name = hall' 'address = 10.77.0.60/24' 'start-code = 4711-4712' "syslog = $desk"
  box=10.77.0.60
  node -e 'require("dgram").createSocket("udp4").bind(514).on("message", (message) => console.log(String(message)))' \
    >"$run/syslog.log" &
  listener=$!
  power_on
  wait_until "$patience" healthy
  check 'a fixed address: the box is there' healthy
  # HTTPS begins a moment after HTTP.
  wait_until "$patience" web_page
  check 'without a key there is no SSH' open_ports 80 443 5060
  check 'the logs reach the syslog server' logs_sent
  kill "$listener"
  check 'the start code of the file lets the first admin in' start_code_taken 4711-4712
  power_off
  check 'the card says the fixed address' result_says 'address: 10.77.0.60/24' 'SSH: off'
  box=$dhcp
}

result_says() {
  local text sentence
  text=$(result_file)
  for sentence in "$@"; do
    printf '%s' "$text" | grep -qF "$sentence" && continue
    echo "$text"
    return 1
  done
}

logs_sent() {
  # RFC 5424, section 6.2.1: facility user (1) with severity informational (6), warning (4) and error (3).
  grep -q '^<14>.*hall partyline .*Started partyline' "$run/syslog.log" && grep -q '^<1[12]>' "$run/syslog.log" && return
  tail -n 5 "$run/syslog.log"
  return 1
}

# As a browser does: the form's token comes with the page. A wrong code first.
start_code_taken() {
  local jar=$run/cookies page token status
  rm -f "$jar"
  page=$(curl -sk -m 30 -c "$jar" -b "$jar" "https://$box/setup")
  token=$(printf '%s' "$page" | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d '"' -f 4)
  set_up() {
    curl -sk -m 30 -c "$jar" -b "$jar" -o /dev/null -w '%{http_code}' "https://$box/setup" -H "Origin: https://$box" \
      --data-urlencode "csrf=$token" --data-urlencode "code=$1" --data-urlencode box=Hall --data-urlencode name=anna \
      --data-urlencode 'password=correct horse' --data-urlencode 'repeat=correct horse'
  }
  status="$(set_up 0000-0000) $(set_up "$1")"
  [ "$status" = '422 303' ] && return
  echo "answers: $status"
  return 1
}
