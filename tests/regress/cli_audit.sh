#!/bin/sh
# The audit from the command line: sound homes have no fault; a byte altered on the disk is found and named;
# who read what is listed, here and at the centre, which reads journals.
#
#     sh tests/regress/cli_audit.sh BUILD
set -u
. "$(dirname "$0")/../support/cli.sh"
cli_begin "$1"
make_central && make_site terapel reception k.jansen && make_site audit audit controle
result $? "a federation of three sites"

works "a case" terapel new asylum case.reported_on=2026-02-02 contact.phone=+31612345678
id=$(cat out)
works "an edit" terapel edit "$id" accommodation.room=12
works "a read" terapel show "$id"
works "behind glass" terapel show "$id" --break-glass 'found unconscious'
works "sound, and nothing attested yet" terapel audit
says out 'changes +2, with' "both changes"
says err 'everything that is here verifies' "in words"
meet terapel audit terapel
# The auditor was admitted after the site had opened its journal: the next checkpoint has the key for it.
works "one more edit" terapel edit "$id" accommodation.room=14
meet terapel audit terapel
works "sound at the site" terapel audit
works "sound at the centre" central audit
works "for programs" central --json audit
[ "$(json out counts changes)" = 3 ] && [ "$(json out counts named)" = 3 ] && [ "$(json out faults)" = '[]' ]
result $? "every change is named where it must be"

works "who read what, at the site" terapel audit --reads
says out 'k.jansen, terapel .*BROKE THE GLASS +found unconscious' "the glass that was broken"
works "the auditor sees it without any case" audit --json audit --reads
says out '"code":"break_glass","reason":"found unconscious"' "from the journal"
says_not out '31612345678' "and nothing of the case"
works "one case" terapel audit "$id"
works "one site" central --json audit terapel
[ "$(json out counts changes)" = 3 ]
result $? "with its changes"
works "since a day" terapel --json audit --since 2099-01-01
[ "$(json out counts changes)" = 0 ]
result $? "there is nothing"
refuses 2 'takes a day or a moment' "a day that is none" terapel audit --since soon

# One byte of a payload is altered where it lies in a pack; stock git says where.
cp -r terapel altered
for pack in altered/store.git/objects/pack/*.idx; do
	git verify-pack -v "$pack" | awk -v pack="${pack%.idx}.pack" '$2 == "blob" { print $1, $4, $5, pack }'
done >blobs
git -C altered/store.git ls-tree -r refs/heads/store >names
for commit in $(git -C altered/store.git rev-list refs/heads/store); do
	git -C altered/store.git ls-tree "$commit"
done | awk '$4 ~ /^p-/ { print $3 }' >payloads
read -r blob size offset pack <<EOF
$(grep -F -f payloads blobs | head -n 1)
EOF
[ -n "$blob" ]
result $? "a payload is found in a pack"
chmod u+w "$pack"
byte=$(dd if="$pack" bs=1 skip=$((offset + size - 6)) count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
printf "\\$(printf %o $(((byte + 1) % 256)))" |
	dd of="$pack" bs=1 seek=$((offset + size - 6)) conv=notrunc 2>/dev/null
ends 5 "an altered byte" altered audit
says out '^(unreadable|blob)  change [0-9a-f]{16}: ' "is a fault with a name"
says err 'faults: [1-9]' "and the count"
ends 5 "for programs" altered --json audit
case $(json out faults 0 fault) in unreadable | blob) true ;; *) false ;; esac
result $? "the name"
works "the home it was copied from is sound" terapel audit

cli_end
