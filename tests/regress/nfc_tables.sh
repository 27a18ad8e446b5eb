#!/bin/sh
# The Unicode tables, and what the unit test compares them with, are what the script makes of Python's.
set -u
cd "$(dirname "$0")/../.." || exit 1
# A machine may have a python3 of its own before the system's, with another Unicode.
for python in python3 /usr/bin/python3; do
	version=$($python -c 'import unicodedata; print(unicodedata.unidata_version)' 2>/dev/null)
	if [ "$version" = 14.0.0 ]; then
		exec $python tests/tools/nfc_tables.py --check
	fi
done
echo "wants python3 with Unicode 14.0.0, found '$version'"
exit 77
