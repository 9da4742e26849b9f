#!/usr/bin/env bash
# Compares the English voices that Debian carries, by what a recogniser (PocketSphinx) understands of our prompts over
# a telephone line, and by how long they take. The figures and what they can tell are in README.md beside this file.
# Not part of the set-up: it installs packages the box does not need, and takes about 25 minutes on two busy cores.
# Debian 12 and 13; later PocketSphinx has other options.
#
# usage: compare-voices.sh [VOICE...]     a voice: flite-NAME[@STRETCH], espeak-NAME or festival-NAME
# shellcheck source=SCRIPTDIR/../configs/setup/common.sh
. "$(dirname "$0")/../configs/setup/common.sh"

need_packages flite espeak-ng festival festvox-us-slt-hts festvox-kallpc16k festvox-kdlpc16k \
  pocketsphinx pocketsphinx-en-us

voices=("$@")
[ $# -gt 0 ] || voices=(
  flite-rms flite-rms@1.1 festival-cmu_us_slt_arctic_hts espeak-en-us flite-slt flite-awb flite-kal16
  espeak-en-us+f3 espeak-en-gb-x-rp festival-kal_diphone festival-ked_diphone
)
model=/usr/share/pocketsphinx/model/en-us
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tool() { node "$root/media/compare-voices.mjs" "$@"; }

speak() { # VOICE TEXT-FILE WAV
  local name=${1#*-}
  local bounded=(timeout 60)
  case $1 in
    flite-*@*) "${bounded[@]}" flite -voice "${name%@*}" --setf duration_stretch="${name#*@}" -f "$2" -o "$3" ;;
    flite-*) "${bounded[@]}" flite -voice "$name" -f "$2" -o "$3" ;;
    espeak-*) "${bounded[@]}" espeak-ng -v "$name" -f "$2" -w "$3" ;;
    festival-*) "${bounded[@]}" text2wave -eval "(voice_$name)" "$2" -o "$3" ;;
    *) fail "$1 is no voice; name one as flite-NAME, espeak-NAME or festival-NAME." ;;
  esac
}

row() { printf '%-33s %8s %6s %12s %12s %12s %12s\n' "$@"; }

# What the recogniser makes of one folder of sounds: word errors in per cent, sentences without any.
errors() { # RESULT FOLDER OPTION...
  local result=$1 folder=$2
  shift 2
  timeout 600 pocketsphinx_batch -hmm "$model/en-us" -dict "$model/cmudict-en-us.dict" "$@" -adcin yes -adchdr 44 \
    -cepdir "$folder" -cepext .wav -ctl "$work/text/list" -hyp "$result.heard" >"$result.log" 2>&1 ||
    fail "PocketSphinx did not finish: $(tail -n 1 "$result.log")"
  tool errors "$work/text" "$result.heard" >"$result"
}

compare() { # VOICE
  local folder=$work/$1 name from each
  mkdir -p "$folder/spoken"
  while read -r name; do speak "$1" "$work/text/$name.txt" "$folder/spoken/$name.wav"; done <"$work/text/list"
  from=$(date +%s%N)
  for _ in 1 2 3 4 5; do speak "$1" "$work/hundred.txt" "$folder/hundred.wav"; done
  each=$((($(date +%s%N) - from) / 5000000))
  tool phone "$folder/spoken" "$folder/phone" none
  tool phone "$folder/spoken" "$folder/noise" 20
  tool wide "$folder/spoken" "$folder/wide"
  local any=(-lm "$model/en-us.lm.bin") choice=(-jsgf "$work/text/choice.jsgf")
  errors "$folder/1" "$folder/phone" "${any[@]}" &
  errors "$folder/2" "$folder/phone" "${choice[@]}"
  errors "$folder/3" "$folder/noise" "${choice[@]}"
  errors "$folder/4" "$folder/wide" "${any[@]}"
  wait $!
  row "$1" "$each" "$(tool pace "$work/text" "$folder/spoken")" "$(<"$folder/1")" "$(<"$folder/2")" \
    "$(<"$folder/3")" "$(<"$folder/4")"
}

say "$(flite --version | sed -n 's/.*version: *//p' | head -n 1), $(espeak-ng --version), $(festival --version)"
tool sentences "$root/media/prompts/en.txt" "$work/text"
printf '%s\n' 'The conference with four people starts at a quarter past ten; please have your number and pin ready.' \
  >"$work/hundred.txt"
row voice 'ms/100' w/min 'phone' 'choice' 'noisy choice' '16 kHz'
for voice in "${voices[@]}"; do compare "$voice"; done
