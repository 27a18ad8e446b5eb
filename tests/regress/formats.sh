#!/bin/sh
# The vectors of the formats: what we write is what tests/vectors/formats.json holds, byte for byte, and a
# second implementation in Python, written from docs/format.md, works it all out again.
#
#     sh tests/regress/formats.sh BUILD
#
# A vector that differs is a new version of the format, never a correction: what was signed stays as it is.
set -u
build=$1
cd "$(dirname "$0")/../.." || exit 1
vectors=tests/vectors/formats.json
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
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

"$build/tests/regress/formats" >"$room/formats.json"
cmp "$room/formats.json" "$vectors"
result $? "what is written is not what the vectors hold"
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
	[ "$failed" = 0 ] || exit 1
	echo "the vectors agree; wants python3 of 3.10 at least for the second implementation"
	exit 77
fi
PYTHONDONTWRITEBYTECODE=1 python3 tests/tools/formats.py "$vectors"
result $? "the second implementation disagrees"
PYTHONDONTWRITEBYTECODE=1 python3 tests/tools/formats.py --control "$vectors"
result $? "the second implementation overlooks something"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
