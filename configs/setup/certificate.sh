#!/usr/bin/env bash
# Installs openssl, with which a box makes the certificate of its web page. Says nothing when it is there.
. "$(dirname "$0")/common.sh"

command -v openssl >/dev/null || need_packages openssl
