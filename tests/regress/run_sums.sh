#!/bin/sh
# tests/run.sh counts what it runs: cases of cmocka, last lines that count themselves, exit codes, crashes,
# time-outs and skips.  A runner that lost a failure would make every other test worthless.
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
cd "$room" || exit 1
mkdir build
passed=0 failed=0

# Makes a test script NAME.sh of the commands on the standard input.
script() { cat >"$1.sh"; }

# Runs the named scripts with CI=$1; the last line must be $2, the exit code $3.
expect() {
	ci=$1 line=$2 code=$3
	shift 3
	CI=$ci LIMIT=1 sh "$here/run.sh" build "$@" >out 2>&1
	got=$?
	if [ "$(tail -n 1 out)" = "$line" ] && [ "$got" = "$code" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: wanted $line and $code, got $got and:"
		cat out
	fi
}

script good <<'END'
echo fine
END
script bad <<'END'
echo words of the failure
exit 3
END
script skip <<'END'
echo wants something that is not here
exit 77
END
script cmocka <<'END'
echo "[  PASSED  ] 5 test(s)."
echo "[  SKIPPED ] 1 test(s), listed below:"
echo "[  FAILED  ] 2 test(s), listed below:"
exit 2
END
script counted <<'END'
echo "7 passed, 0 failed"
END
script lying <<'END'
echo "7 passed, 0 failed"
exit 1
END
script crash <<'END'
echo "[  PASSED  ] 3 test(s)."
kill -SEGV $$
END
script slow <<'END'
sleep 5
END
script room <<'END'
[ "$HOME" = "$TMPDIR" ] && [ -d "$HOME" ] && [ -z "$(ls -A "$HOME")" ] && [ "$TZ" = UTC ] && [ -d "$1" ]
END

expect false '1 passed, 0 failed' 0 good.sh
expect false '1 passed, 1 failed' 1 good.sh bad.sh
grep -q 'words of the failure' out || failed=$((failed + 1))
expect false '1 passed, 0 failed' 0 good.sh skip.sh
expect true '1 passed, 1 failed' 1 good.sh skip.sh
expect false '5 passed, 2 failed' 1 cmocka.sh
expect true '5 passed, 3 failed' 1 cmocka.sh
expect false '7 passed, 0 failed' 0 counted.sh
expect false '7 passed, 1 failed' 1 lying.sh
expect false '3 passed, 1 failed' 1 crash.sh
expect false '0 passed, 1 failed' 1 slow.sh
expect false '0 passed, 1 failed' 1 not-there.sh
expect false '1 passed, 0 failed' 0 room.sh

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
