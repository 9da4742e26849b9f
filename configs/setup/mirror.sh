#!/usr/bin/env bash
# Prints the Debian mirror of this machine, taken from its own apt sources: "URI" and, tab-separated, the keyring that
# signs it ("-" = apt's trusted keys). Reads both formats of sources; third-party repositories are passed over, because
# only Debian itself has a component "main" for a suite of the host's own code name.
#
# usage: mirror.sh [ETC_APT]
set -euo pipefail

etc=${1:-/etc/apt}
codename=${PARTYLINE_CODENAME:-$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")}

one_line() { # deb [signed-by=K] URI SUITE COMPONENTS
  awk -v code="$codename" '
    $1 == "deb" {
      key = "-"; i = 2
      if ($2 ~ /^\[/) {
        for (; i <= NF; i++) {
          option = $i; gsub(/[][]/, "", option)
          if (option ~ /^signed-by=/) key = substr(option, 11)
          if ($i ~ /\]$/) { i++; break }
        }
      }
      suite = $(i + 1); main = 0
      for (j = i + 2; j <= NF; j++) if ($j == "main") main = 1
      if (main && (suite == code || suite == "stable" || suite == "testing" || suite == "sid")) print $i "\t" key
    }' "$@"
}

deb822() {
  awk -v code="$codename" '
    function flush(   k, n, list, found, components) {
      n = split(field["suites"], list, " "); found = 0
      for (k = 1; k <= n; k++)
        if (list[k] == code || list[k] == "stable" || list[k] == "testing" || list[k] == "sid") found = 1
      components = " " field["components"] " "
      if (found && field["types"] ~ /(^| )deb( |$)/ && index(components, " main ") && tolower(field["enabled"]) != "no") {
        split(field["uris"], list, " ")
        print list[1] "\t" (field["signed-by"] == "" ? "-" : field["signed-by"])
      }
      delete field; last = ""
    }
    /^#/ { next }
    /^[ \t]*$/ { flush(); next }
    /^[ \t]/ { next }
    { at = index($0, ":"); name = tolower(substr($0, 1, at - 1)); value = substr($0, at + 1)
      gsub(/^[ \t]+|[ \t\r]+$/, "", value); field[name] = value }
    END { flush() }' "$@"
}

found=$(
  shopt -s nullglob
  lists=("$etc"/sources.list.d/*.list)
  [ -f "$etc/sources.list" ] && lists=("$etc/sources.list" "${lists[@]}")
  sources=("$etc"/sources.list.d/*.sources)
  # One file at a time: each begins anew.
  for file in "${sources[@]}"; do deb822 "$file"; done
  for file in "${lists[@]}"; do one_line "$file"; done
)
# Security updates live under a path of their own and carry no whole distribution.
line=$(printf '%s\n' "$found" | grep -v -- '-security' | head -n 1)
[ -n "$line" ] || {
  echo "No Debian mirror in $etc: add Debian's own \"main\" to the apt sources." >&2
  exit 1
}
printf '%s\n' "$line"
