#!/bin/sh
# Stock git is the referee of signed commits: it keeps, verifies and checks what we write, and its idea of
# the bytes is ours.  Of 200 commits with one bit of the signed text flipped, none verifies.
#
#     sh tests/regress/change.sh BUILD
set -u
ours=$1/tests/regress/change
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
export HOME="$room"
unset SSH_AUTH_SOCK
cd "$room" || exit 1
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

same() {
	[ "$1" = "$2" ]
	result $? "$3: $1 is not $2"
}

git init -q --bare store.git || exit 1
cd store.git || exit 1
git symbolic-ref HEAD refs/heads/journal
git config gpg.format ssh
git config gpg.ssh.allowedSignersFile "$room/allowed"
"$ours" signer >"$room/allowed"
same "$(git hash-object -t tree -w --stdin </dev/null)" 4b825dc642cb6eb9a060e54bf8d69288fbee4904 "empty tree"

# keep KIND [ARGUMENT...]: writes the commit, checks it in every way, and prints its git id.
keep() {
	"$ours" text "$@" >"$room/text" || return 1
	git hash-object -t commit -w --stdin <"$room/text"
}

judge() {
	what=$1 id=$2
	shift 2
	git verify-commit "$id" 2>/dev/null
	result $? "$what: git verify-commit"
	git cat-file commit "$id" | cmp -s - "$room/text"
	result $? "$what: git keeps other bytes"
	same "$(git cat-file commit "$id" | b2sum -l 256 | cut -d ' ' -f 1)" "$("$ours" id "$@")" "$what: id"
	"$ours" parse "$what" <"$room/text" >/dev/null
	result $? "$what: our own reader"
}

opening=$(keep opening) || exit 1
judge change "$opening" opening
edit=$(keep edit "$opening") || exit 1
judge change "$edit" edit "$opening"
same "$(git rev-parse "$edit^")" "$opening" "the edit's parent"
same "$(git log --format=%s "$edit" | sort -u)" "dossier change 1" "subject"
same "$(git log -1 --format=%at,%ct "$edit")" "1770000000,1770000000" "claimed time"

blob=$(printf 'sealed entries' | git hash-object -w --stdin)
tree=$(printf '100644 blob %s\tentries\n' "$blob" | git mktree)
first=$(keep checkpoint_0 "$tree") || exit 1
judge checkpoint "$first" checkpoint_0 "$tree"
second=$(keep checkpoint_1 "$tree" "$first") || exit 1
judge checkpoint "$second" checkpoint_1 "$tree" "$first"

git update-ref refs/heads/store "$edit" && git update-ref refs/heads/journal "$second"
result $? "git update-ref"
out=$(git fsck --strict --no-dangling 2>&1)
result $? "git fsck --strict: $out"
same "$out" "" "git fsck --strict says nothing"
git gc -q --prune=now && git clone -q --mirror . "$room/copy.git" && git verify-commit "$second" 2>/dev/null
result $? "gc and clone"

# One bit of the signed text flipped: neither git nor we take it.
i=0
while [ $i -lt 200 ]; do
	"$ours" flip edit $i 200 "$opening" >"$room/text"
	if "$ours" parse change <"$room/text" >/dev/null; then
		result 1 "flip $i: our reader takes it"
	fi
	id=$(git hash-object -t commit -w --literally --stdin <"$room/text")
	! git verify-commit "$id" >/dev/null 2>&1
	result $? "flip $i: git verify-commit takes it"
	i=$((i + 1))
done
# The control: the same way without a flip is taken.
"$ours" text edit "$opening" >"$room/text"
id=$(git hash-object -t commit -w --literally --stdin <"$room/text")
git verify-commit "$id" 2>/dev/null && "$ours" parse change <"$room/text" >/dev/null
result $? "control: unaltered"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
