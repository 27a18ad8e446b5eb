#!/bin/sh
# Runs the tests named after the build folder, several at a time, and prints what failed and a last
# line `N passed, N failed` that sums them all.
#
#     sh tests/run.sh BUILD TEST...
#
# A TEST is a program, or a script (*.sh) that gets the absolute build folder as its argument; the exit
# code 0 is a pass and 77 a skip.  A test that holds many counts them itself: cmocka's totals are read,
# and so is a last line `N passed, N failed`.  Under CI=true a skipped test counts as failed, since
# there everything that a test needs is meant to be present.
#
# Each test runs alone in a new folder that is HOME and TMPDIR to it, so that nothing of the person who
# runs it reaches it, and nothing it does reaches that person.  JOBS says how many at a time, LIMIT
# after how many seconds a test is given up, KEEP=1 leaves the folders behind.
set -u

# One test: its output into BUILD/log/NAME.log, its counts into BUILD/log/NAME.sum.
run_one() {
	build=$1 test=$2 name=$3
	log=$build/log/$name.log
	room=$ROOMS/$name
	mkdir -p "$(dirname "$log")" "$room"
	case $test in
	*.sh) set -- sh "$test" "$build" ;;
	*) set -- "$test" ;;
	esac
	env -u DOSSIER_HOME -u DOSSIER_AS -u DISPLAY -u LANG -u LANGUAGE -u NO_COLOR -u MAKEFLAGS \
		-u MAKELEVEL -u XDG_CONFIG_HOME -u XDG_CACHE_HOME -u XDG_RUNTIME_DIR -u SSH_AUTH_SOCK \
		-u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE \
		HOME="$room" TMPDIR="$room" TZ=UTC LC_ALL=C.UTF-8 \
		GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 \
		timeout -k 5 "$LIMIT" "$@" </dev/null >"$log" 2>&1
	code=$?
	[ "$code" != 124 ] || echo "given up after $LIMIT seconds" >>"$log"
	count "$code" <"$log" >"$build/log/$name.sum"
	[ -n "${KEEP:-}" ] || rm -rf "$room"
}

# Reads a log, prints `PASSED FAILED SKIPPED`.
count() {
	awk -v code="$1" '
	/^\[  PASSED  \] [0-9]+ test\(s\)/ { passed += $4; counted = 1 }
	/^\[  FAILED  \] [0-9]+ test\(s\)/ { failed += $4; counted = 1 }
	/^\[  SKIPPED \] [0-9]+ test\(s\)/ { skipped += $4; counted = 1 }
	{ last = $0 }
	END {
		if (!counted && last ~ /^[0-9]+ passed, [0-9]+ failed$/) {
			split(last, word, " ")
			passed = word[1]; failed = word[3]; counted = 1
		}
		if (code == 77)
			skipped++
		else if (code != 0 && !failed)
			failed++
		else if (code == 0 && !counted)
			passed++
		print passed + 0, failed + 0, skipped + 0
	}'
}

# The name of a test in log/: its path without the build folder.
name_of() {
	name=${1#"$build"/}
	name=${name#"$short"/}
	echo "${name%.sh}"
}

if [ "${1:-}" = --one ]; then
	run_one "$2" "$3" "$4"
	exit 0
fi

short=$1
build=$(cd "$1" && pwd) || exit 1
shift
: "${JOBS:=$(nproc)}" "${LIMIT:=300}"
ROOMS=$(mktemp -d "${TMPDIR:-/tmp}/dossier-test.XXXXXX") || exit 1
export LIMIT ROOMS KEEP="${KEEP:-}"
[ -n "$KEEP" ] || trap 'rm -rf "$ROOMS"' EXIT
trap 'exit 130' INT TERM

for test in "$@"; do
	rm -f "$build/log/$(name_of "$test").sum"
	printf '%s\n' "$test" "$(name_of "$test")"
done | tr '\n' '\0' | xargs -0 -r -n 2 -P "$JOBS" sh "$0" --one "$build"

passed=0 failed=0 skipped=0
for test in "$@"; do
	name=$(name_of "$test")
	if ! read -r p f s <"$build/log/$name.sum"; then
		p=0 f=1 s=0
	fi
	if [ "$f" -gt 0 ]; then
		echo "FAILED $name"
		tail -n 60 "$build/log/$name.log" | sed 's/^/  | /'
	fi
	if [ "$s" -gt 0 ]; then
		echo "skipped $s of $name: $(tail -n 1 "$build/log/$name.log")"
		skipped=$((skipped + s))
	fi
	passed=$((passed + p)) failed=$((failed + f))
done
if [ "${CI:-}" = true ] && [ "$skipped" -gt 0 ]; then
	echo "$skipped skipped, which counts as failed here (CI=true)"
	failed=$((failed + skipped))
fi
[ -z "$KEEP" ] || echo "folders kept in $ROOMS"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
