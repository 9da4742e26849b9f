#!/usr/bin/env bash
# Turns the sentences of media/prompts/<language>.txt into $runtime/prompts/<language>/<name>.wav. A recording in
# media/recordings/<language>/<name>.wav wins over the speech program. Only what changed is made again.
. "$(dirname "$0")/common.sh"

need_packages flite espeak-ng
cd "$root"
node media/speak.mjs media/prompts media/recordings "$runtime/prompts" ||
  fail "the prompts could not be made; see above, mend it and run this again."
