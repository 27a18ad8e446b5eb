#!/bin/sh
# Prints a C file that holds the named form files as bytes: forms_data[] of node/forms.h.
set -eu
echo '/* Generated from schema/forms. */'
echo '#include "node/forms.h"'
i=0
for file in "$@"; do
	echo "static const unsigned char form_${i}[] = {"
	od -An -v -tu1 "$file" | sed 's/  *\([0-9]\)/\1/; s/  */,/g; s/^,*//; s/$/,/'
	echo '};'
	i=$((i + 1))
done
echo 'const struct form_file forms_data[] = {'
i=0
for file in "$@"; do
	echo "	{ \"$(basename "$file" .json)\", form_$i, sizeof form_$i },"
	i=$((i + 1))
done
echo '	{ 0, 0, 0 },'
echo '};'
