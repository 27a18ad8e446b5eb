#!/bin/sh
# Every member that a command prints with --json is named in docs/json.md.
set -u
PATH=$1:$PATH
page=$(cd "$(dirname "$0")/../.." && pwd)/docs/json.md
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
cd "$room" || exit 1
passed=0 failed=0
tr -c 'a-z_' '\n' <"$page" | sort -u >named

# Runs a command with --json and looks its members up; paths of fields are no members.
documented() {
	dossier --home $home --json "$@" >out 2>err
	code=$?
	if [ $code != 0 ] && [ $code != 4 ]; then
		failed=$((failed + 1))
		echo "FAILED: dossier $* ends with $code:"
		cat err
		return
	fi
	grep -oE '"[a-z_]+":' out | tr -d '":' | sort -u >members
	unnamed=$(comm -23 members named)
	if [ -s members ] && [ -z "$unnamed" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: dossier $*: not in docs/json.md: $unnamed"
	fi
}

home=central
documented found asylum-nl --site den-bosch --no-passphrase
documented officer new a.dewit --role ind_intake,ind_registrar --no-passphrase
documented new asylum case.v_number=2801234567 identity.family_name=Haile
documented edit 2801234567 identity.family_name=Hailu identity.aliases+=Haile
documented show 2801234567 --local
documented log 2801234567 --local
documented list --local
documented conflicts
documented officer list
documented site list
documented charter show
documented status
documented audit --reads
printf '{"key":"1","fields":{"case.reported_on":"2026-02-02"}}\n' >rows
documented import rows
home=site
documented init --site budel --request r --no-passphrase
documented version
documented help
documented form check "$(dirname "$page")/../schema/forms/asylum.json"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
