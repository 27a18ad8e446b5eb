#!/bin/sh
# Installs the Debian packages named as arguments that are not installed yet.  Says nothing and calls
# no apt when all are there.  Without root and without sudo it prints the command to run and fails.
set -eu

missing=
for package in "$@"; do
	state=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
	case $state in
	ii*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1; then
	as_root=sudo
else
	echo "these packages are missing, and neither root nor sudo is here. Run as root:" >&2
	echo "  apt-get update && apt-get install -y --no-install-recommends$missing" >&2
	exit 1
fi

echo "installing:$missing" >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
# A list of words is meant.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >&2
