#!/bin/sh
# Acceptance 1-3: stock git on every node's repository.  fsck --strict, gc, clone --mirror and bundle return
# 0; %G? is G for changes and checkpoints with the allowed_signers that the program prints, and store
# commits are unsigned; after each altered signed byte verify-commit fails; ssh-keygen -Y verify agrees.
#
#     sh tests/accept/1-3.sh BUILD     (SEED; a seeded SAMPLE of 200 each, with FULL=1 all of them)
set -u
build=$1
seed=${SEED:-1}
sample=${SAMPLE:-200}
[ -z "${FULL:-}" ] || sample=1000000
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
export HOME="$room" GIT_CONFIG_NOSYSTEM=1
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

# draw N: N of the lines of standard input, drawn by the seed.
draw() {
	awk -v seed="$seed" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' |
		sort -n | cut -f 2- | head -n "$1"
}

mkdir "$room/sites" || exit 1
"$build/tests/sight" --seed "$seed" --cases 8 --rounds "${ROUNDS:-14}" --dir "$room/sites" >"$room/out"
sed -n 1p "$room/out"
sites=$(cd "$room/sites" && for home in */; do echo "${home%/}"; done)
"$build/dossier" --home "$room/sites/centre" --no-input charter show --allowed-signers >"$room/allowed"
result $? "charter show --allowed-signers"
git config --global gpg.format ssh
git config --global gpg.ssh.allowedSignersFile "$room/allowed"

# ---- Every repository, before and after stock git has tidied it up.
: >"$room/signed"
for site in $sites; do
	cd "$room/sites/$site/store.git" || exit 1
	git log --all --format='%H %s' >"$room/log.$site"
	sed -n "s/^\([0-9a-f]*\) dossier change 1\$/change $site \1/p; \
		s/^\([0-9a-f]*\) dossier checkpoint 1\$/checkpoint $site \1/p" "$room/log.$site" >>"$room/signed"
	unsigned=$(grep -v ' dossier c[a-z]* 1$' "$room/log.$site" | cut -d ' ' -f 1 |
		git log --no-walk --stdin --format='%G?' | sort -u | tr -d '\n')
	[ "$unsigned" = N ]
	result $? "$site: store commits are signed: $unsigned"
	out=$(git fsck --strict --no-dangling 2>&1)
	result $? "$site: fsck --strict: $out"
	out=$(git gc --quiet 2>&1)
	result $? "$site: gc: $out"
	out=$(git clone -q --mirror . "$room/clone.$site" 2>&1)
	result $? "$site: clone --mirror: $out"
	out=$(git bundle create -q "$room/bundle.$site" --all 2>&1)
	result $? "$site: bundle create: $out"
	out=$(git fsck --strict --no-dangling 2>&1)
	result $? "$site: fsck --strict after gc: $out"
done
echo "$(echo "$sites" | wc -l) repositories: fsck --strict, gc, clone --mirror, bundle"

# ---- Signatures, by git.
for kind in change checkpoint; do
	grep "^$kind " "$room/signed" >"$room/all"
	draw "$sample" <"$room/all" >"$room/drawn"
	good=0
	for site in $sites; do
		grep " $site " "$room/drawn" | cut -d ' ' -f 3 >"$room/ids"
		[ -s "$room/ids" ] || continue
		n=$(git -C "$room/sites/$site/store.git" log --no-walk --stdin --format='%G?' <"$room/ids" |
			grep -c '^G$')
		good=$((good + n))
	done
	drawn=$(wc -l <"$room/drawn")
	echo "$kind""s: $good of $drawn are G, of $(wc -l <"$room/all") in all repositories"
	[ "$good" = "$drawn" ] && [ "$drawn" -ge 100 ]
	result $? "$kind""s that are not G"
done

# ---- Signatures, by ssh-keygen: what is signed and the signature, taken apart.
grep '^change hearing ' "$room/signed" | draw 40 | cut -d ' ' -f 3 >"$room/ids"
cd "$room/sites/hearing/store.git" || exit 1
agreed=0
while read -r id; do
	git cat-file commit "$id" >"$room/text"
	awk '/^gpgsig / { sub(/^gpgsig /, ""); on = 1 } on && !/^---|^ / { exit } on { sub(/^ /, ""); print }' \
		"$room/text" >"$room/signature"
	awk '/^gpgsig / { skip = 1; next } skip && /^ / { next } { skip = 0; print }' "$room/text" >"$room/plain"
	who=$(ssh-keygen -Y find-principals -f "$room/allowed" -s "$room/signature" 2>/dev/null)
	! ssh-keygen -q -Y verify -f "$room/allowed" -I "$who" -n git -s "$room/signature" <"$room/plain" \
		>/dev/null 2>&1 || agreed=$((agreed + 1))
done <"$room/ids"
echo "ssh-keygen -Y verify: $agreed of $(wc -l <"$room/ids") changes"
[ "$agreed" = "$(wc -l <"$room/ids")" ] && [ "$agreed" -gt 0 ]
result $? "ssh-keygen does not agree"

# ---- Altered bytes: each byte of what is signed in one change, or a seeded part of them.
id=$(head -n 1 "$room/ids")
git cat-file commit "$id" >"$room/text"
begin=$(LC_ALL=C grep -a -b '^gpgsig ' "$room/text" | head -n 1 | cut -d : -f 1)
end=$(LC_ALL=C grep -a -b '^ -----END SSH' "$room/text" | head -n 1 | cut -d : -f 1)
size=$(wc -c <"$room/text")
awk -v begin="$begin" -v end="$((end + 29))" -v size="$size" 'BEGIN {
	for (i = 0; i < size; i++) if (i < begin || i >= end) print i }' | draw "$sample" >"$room/places"
refused=0
while read -r at; do
	byte=$(od -An -tu1 -j "$at" -N 1 "$room/text" | tr -d ' ')
	{
		head -c "$at" "$room/text"
		# shellcheck disable=SC2059
		printf "\\$(printf %03o $((byte ^ 1)))"
		tail -c "+$((at + 2))" "$room/text"
	} >"$room/altered"
	altered=$(git hash-object -t commit -w --literally --stdin <"$room/altered")
	git verify-commit "$altered" >/dev/null 2>&1 || refused=$((refused + 1))
done <"$room/places"
echo "altered bytes: verify-commit fails after $refused of $(wc -l <"$room/places")"
[ "$refused" = "$(wc -l <"$room/places")" ]
result $? "verify-commit takes an altered byte"
altered=$(git hash-object -t commit -w --literally --stdin <"$room/text")
git verify-commit "$altered" >/dev/null 2>&1
result $? "control: the same way without an altered byte"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
