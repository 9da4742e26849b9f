#!/usr/bin/env bash
# Installs the browser in which test/browser looks at the web page. Says nothing when it is there.
. "$(dirname "$0")/common.sh"

need_packages chromium
