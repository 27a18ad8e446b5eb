#!/bin/sh
# Acceptance 1-4: every hostile input of tests/refusals.tsv through the door it would come by, its verdict
# and code; beside it the unaltered bytes and an edit of another case, which must be accepted.  Stock git
# judges the same commits: where it still says good, the refusal is ours.
#
#     sh tests/accept/1-4.sh BUILD
set -u
build=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
export HOME="$room"
unset SSH_AUTH_SOCK
passed=0 failed=0

# result CODE WHAT: counts, and names what went wrong.
result() {
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
	fi
}

mkdir "$room/centre" "$room/texts" || exit 1
"$build/tests/refusals" --home "$room/centre" --write "$room/texts" "$root/tests/refusals.tsv" >"$room/out"
grep -v '^[0-9]* passed, ' "$room/out"
last=$(tail -n 1 "$room/out")
case $last in
*' passed, '*' failed')
	passed=${last%% *}
	failed=${last##*, } failed=${failed%% *}
	;;
*) result 1 "the program did not end as it should" ;;
esac

"$build/tests/refusals" --control "$root/tests/refusals.tsv" >"$room/out"
result $? "control: a wrong expectation went unnoticed"
tail -n 1 "$room/out"

git init -q --bare "$room/judge.git" && cd "$room/judge.git" || exit 1
git config gpg.format ssh
git config gpg.ssh.allowedSignersFile "$room/texts/allowed_signers"

# is_good NAME: whether git takes the signature of that text.
is_good() {
	id=$(git hash-object -t commit -w --literally --stdin <"$room/texts/$1") &&
		git verify-commit "$id" >/dev/null 2>&1
}

is_good unaltered
result $? "git refuses the unaltered bytes"
variants=0 good_variants=0 texts=0 good_texts=0
for path in "$room"/texts/*; do
	name=${path##*/}
	case $name in
	unaltered | allowed_signers) ;;
	malleated-*)
		variants=$((variants + 1))
		! is_good "$name" || good_variants=$((good_variants + 1))
		;;
	*)
		texts=$((texts + 1))
		! is_good "$name" || good_texts=$((good_texts + 1))
		;;
	esac
done
echo "malleated without a key: $variants variants, of $good_variants stock git says good, all refused here"
echo "other commit texts: $texts, of $good_texts stock git says good"
[ "$variants" = 16 ] && [ "$good_variants" -ge 10 ]
result $? "16 variants are wanted, and at least 10 that git takes"

cd "$room/centre/store.git" || exit 1
out=$(git fsck --strict 2>&1)
result $? "git fsck --strict: $out"
git gc -q && git clone -q --mirror . "$room/copy.git" && git bundle create -q "$room/copy.bundle" --all
result $? "git gc, clone, bundle"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
