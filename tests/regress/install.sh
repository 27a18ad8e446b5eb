#!/bin/sh
# `make install` puts everything where it belongs under DESTDIR and PREFIX, and what is there works.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$(realpath --relative-to=. "$1") # make takes no blanks in a name
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
root="$room/a root"
passed=0 failed=0

check() {
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

make -f build.mk BUILD="$build" DESTDIR="$root" PREFIX=/usr install >"$room/log" 2>&1
code=$?
[ $code = 0 ] || cat "$room/log"
check 'make install' $code
"$root/usr/bin/dossier" help --names >"$room/names"
check 'the program runs' $?
while read -r name; do
	page=dossier-$(echo "$name" | tr ' ' -).1
	[ -s "$root/usr/share/man/man1/$page" ] && [ -s "$root/usr/share/man/nl/man1/$page" ]
	check "$page" $?
done <"$room/names"
[ -s "$root/usr/share/man/man1/dossier.1" ]
check dossier.1 $?
bash -n "$root/usr/share/bash-completion/completions/dossier"
check completion $?
cmp -s schema/forms/asylum.json "$root/usr/share/dossier/forms/asylum.json"
check 'the form' $?
grep -q '^ExecStart=/usr/bin/dossier serve' "$root/usr/lib/systemd/system/dossier.service"
check 'the service' $?
left=$(find "$root" -type f ! -perm -444)
[ -z "$left" ]
check "everybody may read: $left" $?

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
