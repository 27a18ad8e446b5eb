#!/bin/sh
# Plays every story, phase by phase and in 50 shuffled orders each, and compares with what the files
# expect.  The domain's own stories are played too when they lie beside the project.
set -u
build=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
domain=$(dirname "$here")/shared/domain/stories.json
passed=0 failed=0
for file in "$here"/tests/stories/*.json "$domain"; do
	[ -f "$file" ] || continue
	echo "$(basename "$file"):"
	words=$("$build/replay" --check --shuffle 50 "$file" 2>&1)
	printf '%s\n' "$words"
	last=$(printf '%s\n' "$words" | tail -n 1)
	case $last in
	*' passed, '*' failed') ;;
	*) last='0 passed, 1 failed' ;;
	esac
	passed=$((passed + ${last%% passed*}))
	last=${last#* passed, }
	failed=$((failed + ${last%% failed}))
done

# The control: with one expectation altered the comparison must fail.
for alter in 's/"status": "auto"/"status": "clean"/' 's/"losers": \[/"losers": ["none", /' \
	's/"already_set"/"struck"/'; do
	altered=0
	for file in "$here"/tests/stories/*.json; do
		sed "$alter" "$file" >"${TMPDIR:-/tmp}/altered.json"
		"$build/replay" --check "${TMPDIR:-/tmp}/altered.json" >/dev/null 2>&1 || altered=1
	done
	if [ "$altered" = 1 ]; then
		passed=$((passed + 1))
	else
		echo "not noticed: $alter"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
