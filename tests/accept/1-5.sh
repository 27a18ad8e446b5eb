#!/bin/sh
# Acceptance 1-5: a site that is no custodian and reads neither `interview` nor `medical`.  None of the
# ciphertext that it may not have is in what it was sent, read below Noise, nor in any object of its store,
# nor anywhere else in its home; its view equals the others' in all that it can read and is unknown in the
# rest.  The control: of what it may have, all is found in the same places.
#
#     sh tests/accept/1-5.sh BUILD        (SEED, CASES and ROUNDS say how much is played)
set -u
build=$1
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
export HOME="$room"
passed=0 failed=0

# result CODE WHAT: counts, and names what went wrong.
result() {
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
	fi
}

mkdir "$room/sites" || exit 1
"$build/tests/sight" --seed "${SEED:-1}" --cases "${CASES:-12}" --rounds "${ROUNDS:-20}" --dir "$room/sites" \
	--only shelter,hearing >"$room/out"
grep -v '^[0-9]* passed, ' "$room/out"
last=$(tail -n 1 "$room/out")
case $last in
*' passed, '*' failed')
	passed=${last%% *}
	failed=${last##*, } failed=${failed%% *}
	;;
*) result 1 "the program did not end as it should" ;;
esac

# All objects of a store as stock git reads them; all bytes of a home as they lie there.
objects() {
	git -C "$room/sites/$1/store.git" cat-file --batch-all-objects --batch --buffer
}
files() {
	find "$room/sites/$1" -type f -exec cat {} +
}
# found LIST FILE: prints `N of M`.
found() {
	"$build/tests/sight" --find "$room/sites/$1" "$2"
}

for site in shelter hearing; do
	objects $site >"$room/objects.$site"
	files $site >"$room/files.$site"
done
forbidden=$(found forbidden "$room/objects.shelter")
permitted=$(found permitted "$room/objects.shelter")
raw=$(found forbidden "$room/files.shelter")
elsewhere=$(found forbidden "$room/objects.hearing")
echo "in the objects of its store: $forbidden forbidden, $permitted permitted ciphertexts"
echo "in all files of its home: $raw forbidden ciphertexts"
echo "in the objects of a site that reads interviews: $elsewhere of these"
[ "${forbidden%% *}" = 0 ] && [ "${forbidden##* }" -ge 100 ]
result $? "forbidden ciphertext in the store"
[ "${raw%% *}" = 0 ]
result $? "forbidden ciphertext in the home"
[ "${permitted%% *}" = "${permitted##* }" ] && [ "${permitted%% *}" -gt 0 ]
result $? "control: not all that it may have was found in the store"
[ "${elsewhere%% *}" -ge 50 ]
result $? "control: nothing of it was found where it may be"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
