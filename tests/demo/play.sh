#!/bin/sh
# A day on five nodes on this machine: a central office, two reception centres with poor links, a
# lawyer, an auditor.  docs/demo.md tells the story; tests/demo/day.txt is who writes what.
#
#	play.sh BUILD [DIR]
#
# Everything is real: the program, git repositories, TCP on the loopback, cut connections, kill -9.
# Ends with what was proven; exits with 1 when something was not.  The nodes stay in DIR.
set -eu
BUILD=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
DEMO=${2:-$(mktemp -d "${TMPDIR:-/tmp}/dossier-demo.XXXXXX")}
mkdir -p "$DEMO"
DEMO=$(cd "$DEMO" && pwd)
[ -z "$(ls -A "$DEMO")" ] || { echo "demo: $DEMO is not empty" >&2; exit 1; }
TZ=UTC LC_ALL=C.UTF-8 HOME=$DEMO GIT_CONFIG_NOSYSTEM=1
export TZ LC_ALL HOME GIT_CONFIG_NOSYSTEM
unset DOSSIER_HOME DOSSIER_AS || true
. "$here/lib.sh"

serve_pid= link_pid=
stop() {
	[ -z "$link_pid" ] || kill "$link_pid" 2>/dev/null || true
	[ -z "$serve_pid" ] || kill "$serve_pid" 2>/dev/null || true
	wait 2>/dev/null || true
}
trap stop EXIT
trap 'exit 130' INT TERM

. "$here/found.sh"
. "$here/day.sh"
. "$here/prove.sh"
