#!/usr/bin/env bash
# Prints the file of the key or the certificate that update bundles are signed with. A release names its own in
# RAUC_KEY and RAUC_CERT; otherwise a pair for development is made once in image/out/keys, and boxes with such an image
# take updates of this checkout alone.
#
# usage: keys.sh key|certificate
. "$(dirname "$0")/common.sh"

folder=$out/keys
if [ -n "${RAUC_CERT:-}" ]; then
  key=${RAUC_KEY:-}
  certificate=$RAUC_CERT
else
  key=$folder/development.key
  certificate=$folder/development.pem
  if [ ! -f "$certificate" ]; then
    mkdir -p -m 700 "$folder"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$key" -out "$certificate" -subj '/CN=Partyline development' \
      -days 7300 2>/dev/null
  fi
fi
case $1 in
  key) echo "$key" ;;
  certificate) echo "$certificate" ;;
esac
