#!/usr/bin/env bash
# Makes the hold music, $runtime/music/hold.wav, when it is missing or its generator has changed.
. "$(dirname "$0")/common.sh"

music=$runtime/music
stamp=$(cat "$root"/media/{hold-music,loudness,sound}.mjs | sha256sum)
if [ -s "$music/hold.wav" ] && [ "$(cat "$music/stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

say "Making the hold music (about 5 s)."
mkdir -p "$music"
# Gone until the new music is there: an interrupted run makes it again.
rm -f "$music/stamp"
node "$root/media/hold-music.mjs" "$music/hold.wav" ||
  fail "the hold music could not be made; see above, mend it and run this again."
printf '%s\n' "$stamp" >"$music/stamp"
