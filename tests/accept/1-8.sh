#!/bin/sh
# Acceptance 1-8: the bench.  Committing 10,000 changes in one transaction against signing alone, receiving
# against verification alone, bytes and round trips of a session: each figure beside its floor, its gate
# and its goal.
set -eu
"$1/tests/bench/bench"
