#!/bin/sh
# Bash completion, asked as bash asks it: first words, second words of families, options, words of help.
set -u
dossier=$1/dossier
passed=0 failed=0

# What bash would offer for the last of the words; it must hold $1 and must not hold $2.
offers() {
	wanted=$1 unwanted=$2
	shift 2
	got=$(bash -c 'eval "$("$0" help --completion bash)"
		COMP_WORDS=(dossier "$@") COMP_CWORD=$#
		_dossier
		echo " ${COMPREPLY[*]} "' "$dossier" "$@")
	case $got in
	*" $unwanted "*) ok=1 ;;
	*" $wanted "*) ok=0 ;;
	*) ok=1 ;;
	esac
	if [ $ok = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $* offers$got, wanted $wanted and not $unwanted"
	fi
}

offers version help v
offers form version f
offers check explain form c
offers check version form ''
offers --man --names help --m
offers --home --man form check --ho
offers explain check --home /x form e
offers form check help f

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
