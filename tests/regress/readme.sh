#!/bin/sh
# README's five minutes, as they stand there: every line is run in order and must succeed.
set -u
build=$1
readme=$(cd "$(dirname "$0")/../.." && pwd)/README.md
port=$((20000 + $$ % 20000))
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
cd "$room" || exit 1

# The commands of the section, with this build's program, and a port that is likely free.  The node that
# they leave running is ended with them.
{
	echo "trap 'kill \$!' EXIT"
	awk '/^## / { here = /Five minutes/ } here && /^```/ { inside = !inside; next } here && inside' \
		"$readme" |
		sed -e '/^export PATH=/d' -e '/^cd /d' -e "s/127\.0\.0\.1:7420/127.0.0.1:$port/"
} >lines.sh
if [ "$(grep -c '^dossier' lines.sh)" -lt 10 ]; then
	echo "README's section was not found"
	exit 1
fi
PATH=$build:$PATH sh -eux lines.sh
