#!/bin/sh
# Runs the test programs named as arguments, two at a time, and prints what failed and a last line
# `N passed, N failed`.  Each program's output goes into a file beside it.
set -u
: "${JOBS:=$(nproc)}"
printf '%s\n' "$@" | xargs -P "$JOBS" -I{} sh -c '"$1" >"$1.log" 2>&1; echo $? >"$1.rc"' sh {}
passed=0 failed=0
for program in "$@"; do
	if [ "$(cat "$program.rc")" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $program"
		tail -n 40 "$program.log"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
