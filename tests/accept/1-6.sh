#!/bin/sh
# Convergence: 100,000 random histories through the engine, in eight orders of arrival each, against a
# model that shares no file with it; then the rules altered in one place at a time, of which the histories
# and stories must notice at least 95 %, with counterexamples of at most six changes.
set -eu
build=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
"$build/tests/histories" --count "${HISTORIES:-100000}" --seed "${SEED:-1}"
echo "alterations: every ${EVERY:-3}"
exec python3 "$here/tests/mutants/rules.py" "$build" --jobs "$(nproc)" --every "${EVERY:-3}"
