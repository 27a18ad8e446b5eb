#!/bin/sh
# The Unicode tables, and what the unit test compares them with, are what the script makes of Python's.
set -u
cd "$(dirname "$0")/../.." || exit 1
version=$(python3 -c 'import unicodedata; print(unicodedata.unidata_version)' 2>/dev/null)
if [ "$version" != 14.0.0 ]; then
	echo "wants python3 with Unicode 14.0.0, found '$version'"
	exit 77
fi
python3 tests/tools/nfc_tables.py --check
