#!/bin/sh
# The house rules hold: check.sh finds nothing in the tree, symbols.sh nothing in the libraries.  Before
# that, one violation per check is planted in a small tree of its own and must be found, so that a check
# that went blind is noticed.
#
#     sh tests/tidy/test_tidy.sh BUILD
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
passed=0 failed=0

result() {
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
	fi
}

# A tree in which there is nothing to find.
fresh_tree() {
	rm -rf "$room/tree"
	mkdir -p "$room/tree/base" "$room/tree/schema" "$room/tree/sync" "$room/tree/node" \
		"$room/tree/cli" "$room/tree/docs"
	cd "$room/tree" || exit 1
	printf '/* A header. */\n#ifndef BASE_ONE_H\n#define BASE_ONE_H\nint one(void);\n#endif\n' >base/one.h
	printf '/* Calls time() in words only. */\n#include "base/one.h"\n\nint one(void)\n{\n\treturn 1;\n}\n' \
		>base/one.c
	printf 'all:\n\ttrue\n' >Makefile
	printf 'See `base/one.h`, `base/one` and [the rules](../README.md); run `make all`.\n' >docs/x.md
	printf 'Words.\n' >README.md
}

# A violation: the check that must find it, the file, and what goes into it (as printf's format).
plant() {
	fresh_tree
	check=$1 file=$2
	shift 2
	# The text is a format on purpose.
	# shellcheck disable=SC2059
	printf "$@" >>"$file"
	sh "$here/check.sh" . | grep -q "^$file:[0-9]*: $check: "
	result $? "the check $check is blind for $file: $*"
}

repeat() {
	awk -v n="$1" -v line="$2" 'BEGIN { for (i = 0; i < n; i++) print line }'
}

fresh_tree
sh "$here/check.sh" .
result $? "the tree without violations is not clean"

c='/* Words. */\n'
plant first-comment base/two.c 'int two;\n'
plant file-size base/two.c "$c%s" "$(repeat 500 'extern int two;')"
plant header-size base/two.h "$c%s" "$(repeat 150 'extern int two;')"
plant guard base/two.h "$c"'#ifndef TWO_H\n#endif\n'
plant function-size base/two.c "$c"'int two(void)\n{\n%s\n}\n' "$(repeat 61 '	;')"
plant line-length base/two.c "$c/* %0110d */\n" 0
plant line-length Makefile '# %0110d\n' 0
plant trailing-blank docs/x.md 'Words. \n'
for mark in TO''DO FIX''ME X''XX HA''CK 'not imple''mented' st''ub; do
	plant unfinished base/two.c "$c/* $mark */\n"
done
plant workplace docs/x.md 'See /wo''rk/notes.\n'
plant climbing-include base/two.c "$c"'#include "../base/one.h"\n'
plant floor base/two.c "$c"'#include "schema/form.h"\n'
plant floor schema/two.c "$c"'#include "sync/frame.h"\n'
plant floor sync/two.c "$c"'#include "schema/form.h"\n'
plant floor node/two.c "$c"'#include "cli/print.h"\n'
plant floor base/two.c "$c"'#include "one.h"\n'
for header in git2.h sqlite3.h uv.h zlib.h microhttpd.h cbor.h cjson/cJSON.h sodium.h cmocka.h; do
	plant doorway node/two.c "$c#include <$header>\n"
done
for call in gets strcpy strcat sprintf vsprintf strtok atoi atol alloca system popen; do
	plant banned-call cli/two.c "$c"'int two(void)\n{\n\treturn %s(0);\n}\n' "$call"
done
for call in time clock_gettime rand random getenv fopen open printf fprintf randombytes_buf; do
	plant impure-call sync/two.c "$c"'int two(void)\n{\n\treturn /* now */ %s (0);\n}\n' "$call"
done
for call in time getrandom getenv open rename fsync; do
	plant side-effect node/two.c "$c"'int two(void)\n{\n\treturn %s(0);\n}\n' "$call"
done
plant printing node/two.c "$c"'int two(void)\n{\n\treturn puts("");\n}\n'
plant dead-name docs/x.md 'See `base/gone.c`.\n'
plant dead-name docs/x.md 'See `base/gone`.\n'
plant dead-name docs/x.md 'See [it](gone.md).\n'
plant dead-name docs/x.md 'Run `make gone`.\n'
plant dead-name docs/x.md 'make gone\n'
plant dead-name base/two.c '/* See docs/gone.md. */\n'
plant line-comment base/two.c "$c"'int two; // words\n'
plant dead-code base/two.c "$c"'#if 0\n#endif\n'

# The libraries: what the pure floors call outside themselves, and that no floor holds mutable data.
symbols() {
	cd "$room" || exit 1
	printf '%s\n' "$1" >pure.c
	${CC:-gcc} -c pure.c -o pure.o && ar rcs libpure.a pure.o && sh "$here/symbols.sh" libpure.a
}
symbols '#include <stdlib.h>
int f(void); int f(void) { return getenv("A") != 0; }' | grep -q 'outside: getenv'
result $? "symbols.sh is blind for a call that reaches outside"
symbols 'int f(void); int f(void) { static int n; return n++; }' | grep -q 'mutable'
result $? "symbols.sh is blind for mutable data"
symbols '#include <string.h>
int f(const char *s); int f(const char *s) { return (int)strlen(s); }' >/dev/null
result $? "symbols.sh refuses what is pure"

for floor in base schema sync; do
	[ ! -f "$build/lib/lib$floor.a" ] || sh "$here/symbols.sh" "$build/lib/lib$floor.a"
	result $? "the pure floor $floor reaches outside, or holds mutable data"
done
for floor in node cli; do
	[ ! -f "$build/lib/lib$floor.a" ] || sh "$here/symbols.sh" "$build/lib/lib$floor.a" impure
	result $? "the floor $floor holds mutable data"
done
sh "$here/check.sh"
result $? "the tree breaks house rules (above)"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
