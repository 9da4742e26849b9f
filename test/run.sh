#!/usr/bin/env bash
# Runs the named kinds of tests (check, units, calls, or all of them side by side), goes on when one fails, and ends
# with one line that says how many assertions passed and failed, taken from what the tests themselves reported.
. "$(dirname "$0")/../configs/setup/common.sh"

cd "$root"
mkdir -p .tap
totals=$(mktemp)
trap 'rm -f "$totals"' EXIT
# The tests that hear something: sound comes in real time, and a second test beside them would disturb it.
heard='^dist/test/(calls|rtp|phone)/'

one() { # one NAME COMMAND...: a check that passes or fails as a whole
  local name=$1
  shift
  if "$@"; then
    printf '{"passed":1,"failed":0,"skipped":0}\n' >>"$totals"
    printf 'ok   %s\n' "$name"
  else
    printf '{"passed":0,"failed":1,"skipped":0}\n' >>"$totals"
    printf 'FAIL %s\n' "$name"
    return 1
  fi
}

tap() { # tap NAME JOBS FILE...
  local name=$1 jobs=$2
  shift 2
  say "Running the ${name}."
  node_modules/.bin/tap --jobs="$jobs" --reporter=tap "$@" | tee ".tap/${name//\//-}.tap" |
    node test/report.js "$name" "$totals"
}

run() { # run KIND
  local files status=0
  case $1 in
    check)
      one format node_modules/.bin/prettier --check --log-level warn . || status=1
      one lint node_modules/.bin/eslint --max-warnings 0 . || status=1
      ;;
    units)
      bash configs/setup/browser.sh || status=1
      mapfile -t files < <(find dist/test -name '*.test.js' | grep -vE "$heard" | sort)
      tap units 2 "${files[@]}" || status=1
      ;;
    calls)
      bash configs/setup/phones.sh || status=1
      bash configs/setup/browser.sh || status=1
      mapfile -t files < <(find dist/test -name '*.test.js' | grep -E "$heard" | sort)
      tap calls 1 "${files[@]}" || status=1
      ;;
    all)
      # Calls leave most of two cores idle, and a process of the idle class never takes one from them.
      chrt --idle --pid 0 "$BASHPID"
      run check || status=1
      run units || status=1
      ;;
    *)
      # A single file, by a part of its name.
      mapfile -t files < <(find dist/test -path "*$1*" -name '*.test.js' | sort)
      [ ${#files[@]} -gt 0 ] || fail "no test file has \"$1\" in its path."
      tap "$1" 1 "${files[@]}" || status=1
      ;;
  esac
  return $status
}

status=0
for kind in "$@"; do
  if [ "$kind" = all ]; then
    (run all || exit 1) &
    run calls || status=1
    wait $! || status=1
  else
    run "$kind" || status=1
  fi
done

node -e '
  const lines = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const sum = (key) => lines.reduce((total, one) => total + one[key], 0);
  const skipped = sum("skipped") ? `, ${sum("skipped")} skipped` : "";
  console.log(`${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
' "$totals"
exit "$status"
