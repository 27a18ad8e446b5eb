#!/bin/sh
# The build rebuilds what it must and nothing else: after a header, a flag, a new and a removed file, and
# in a path with blanks.  Done on a small tree of its own with this project's build.mk.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
tree="$room/a path"
mkdir -p "$tree/base" "$tree/cli" "$tree/tests/unit/base" && cd "$tree" || exit 1
cp "$top/build.mk" .
cp "$top/tests/run.sh" "$top/tests/embed.sh" tests/
mkdir -p tests/tidy && echo 'echo "0 passed, 0 failed"' >tests/tidy/test_tidy.sh
printf '/* One. */\n#ifndef BASE_ONE_H\n#define BASE_ONE_H\nint one(void);\n#endif\n' >base/one.h
printf '/* One. */\n#include "base/one.h"\nint one(void) { return 1; }\n' >base/one.c
printf '/* Two. */\nint two(void);\nint two(void) { return 2; }\n' >base/two.c
printf '/* A test. */\n#include "base/one.h"\nint main(void) { return one() - 1; }\n' \
	>tests/unit/base/test_one.c
passed=0 failed=0

# Builds the one test with further words for make; its commands must be those listed, in any order.
builds() {
	what=$1 wanted=$2
	shift 2
	make -f build.mk "$@" build/tests/unit/base/test_one >log 2>&1
	code=$?
	got=$(awk '$1 ~ /^(CC|AR|LINK)$/ { print $1, $2 }' log | grep -v libsupport | sort | tr '\n' ';')
	if [ $code = 0 ] && [ "$got" = "$wanted" ] && build/tests/unit/base/test_one; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what: wanted $wanted, got $got and:"
		cat log
	fi
}

lib='AR build/lib/libbase.a;'
one='CC base/one.c;'
two='CC base/two.c;'
test='CC tests/unit/base/test_one.c;'
link='LINK build/tests/unit/base/test_one;'
builds 'the first time' "$lib$one$two$test$link"
builds 'again' ''
sleep 0.02
touch base/one.h
builds 'after a header' "$lib$one$test$link"
touch build.mk
builds 'after a makefile whose flags are the same' ''
builds 'with another flag' "$lib$one$two$test$link" HARD=-O1
builds 'with the same other flag' '' HARD=-O1
builds 'with the flags of before' "$lib$one$two$test$link"
printf '/* Three. */\nint three(void);\nint three(void) { return 3; }\n' >base/three.c
builds 'with a new file' "${lib}CC base/three.c;$link"
rm base/three.c base/two.c
builds 'without two files' "$lib$link"
[ "$(ar t build/lib/libbase.a)" = one.o ] || { failed=$((failed + 1)); echo "FAILED: members linger"; }
printf '/* One. */\n#include "base/one.h"\n#include "cli/x.h"\nint one(void) { return 1; }\n' >base/one.c
printf '/* X. */\n' >cli/x.h
if make -f build.mk build/lib/libbase.a >log 2>&1 || ! grep -q 'cli/x.h' log; then
	failed=$((failed + 1))
	echo "FAILED: a floor sees a header from above"
else
	passed=$((passed + 1))
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
