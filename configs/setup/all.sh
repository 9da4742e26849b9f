#!/usr/bin/env bash
# The whole set-up, each part only where something is missing: npm packages and rtpengine side by side, because the one
# compiles and the other downloads; then the build, then the sounds. Says nothing when there is nothing to do.
. "$(dirname "$0")/common.sh"

here=$(dirname "$0")
began=$SECONDS
[ -d "$root/node_modules" ] || say "Setting up: about four minutes the first time, seconds afterwards."

# An rtpengine that somebody else runs needs none of ours.
engine=true
[ -n "${PARTYLINE_RTPENGINE:-}" ] || engine="$here/rtpengine.sh"
bash -c "$engine" &
engine_job=$!
trap 'kill "$engine_job" 2>/dev/null || true' EXIT
bash "$here/node.sh" || exit 1

cd "$root"
bash "$here/build.sh" || exit 1
bash "$here/certificate.sh" || exit 1
bash "$here/prompts.sh" || exit 1
bash "$here/music.sh" || exit 1
wait "$engine_job" || exit 1
trap - EXIT
if [ $((SECONDS - began)) -gt 5 ]; then say "Set up in $((SECONDS - began)) s."; fi
