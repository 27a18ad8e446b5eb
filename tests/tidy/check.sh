#!/bin/sh
# Checks a source tree against the house rules of STYLE.md that a program can see.  Prints one line per
# finding, `path:line: check: words`, and fails when there is any.
#
#     sh tests/tidy/check.sh [ROOT]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
export LC_ALL=C

# Every file of the tree but git's own and what was built.
files() {
	find . \( -name .git -o -path ./build \) -prune -o -type f -print | sed 's|^\./||' | sort
}

text='\.(c|h|def|sh|awk|mk|md|py|js|css|html|service)$|(^|/)(Makefile|run)$'
found=$(
	files | grep -E "$text" | tr '\n' '\0' | xargs -0 -r awk -f "$here/lines.awk"
	files | grep -E '\.(md|c|h)$' | tr '\n' '\0' | xargs -0 -r awk -f "$here/names.awk"
)
[ -n "$found" ] || exit 0
printf '%s\n' "$found"
exit 1
