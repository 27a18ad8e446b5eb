#!/bin/sh
# The stories: every phase in 50 shuffled orders of arrival, and every expected value, status,
# candidate and ineffective operation compared.  Uses the domain's own stories when they are there.
set -eu
build=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
domain=$(dirname "$here")/shared/domain/stories.json
set -- "$here"/tests/stories/*.json
[ ! -f "$domain" ] || set -- "$domain" "$@"
for file in "$@"; do
	[ -f "$file" ] || continue
	echo "$(basename "$file")"
	"$build/replay" --check --shuffle 50 "$file"
done
