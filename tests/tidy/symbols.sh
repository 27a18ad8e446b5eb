#!/bin/sh
# Reads the library of a floor and prints what data it could change; of a pure floor also what it calls
# outside of the house that symbols.allow does not list.  Fails when there is any.
#
#     sh tests/tidy/symbols.sh LIBRARY [impure]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
library=$1 kind=${2:-pure}
export LC_ALL=C

# Names that some floor below defines too are of the house: its libraries lie beside this one.
outside() {
	{
		sed 's/^/allow /; /^allow #/d; /^allow $/d' "$here/symbols.allow"
		nm -P "$library" "$(dirname "$library")"/*.a 2>/dev/null |
			awk '$2 ~ /^[TRDBVWi]$/ { print "allow", $1 }'
		nm -P -u "$library" 2>/dev/null | awk '$2 ~ /^[Uw]$/ { print "uses", $1 }'
	} | awk '
	$1 == "allow" && $2 ~ /\*$/ { prefix[++n] = substr($2, 1, length($2) - 1); next }
	$1 == "allow" { allowed[$2] = 1; next }
	{
		ok = $2 in allowed
		for (i = 1; i <= n && !ok; i++)
			ok = index($2, prefix[i]) == 1
		if (!ok && !seen[$2]++)
			print "outside: " $2
	}'
}

# One variable is meant: a signal handler of the prompt has nothing else to write to.
mutable() {
	size -A "$library" | awk '
	/ex / { object = $1 }
	$1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 {
		if (object != "prompt.o" || $2 > 4)
			print "mutable: " $2 " bytes of " $1 " in " object
	}'
}

found=$(
	mutable
	[ "$kind" = impure ] || outside
)
[ -n "$found" ] || exit 0
printf '%s\n' "$found" | sed "s|^|$library: |"
exit 1
