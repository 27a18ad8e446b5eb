#!/bin/sh
# Stock git as the referee of a store: whatever it does with one, before, after and while we write, it
# finds nothing wrong, and we go on reading all of it.
#
#     sh tests/regress/store.sh BUILD
set -eu
store=$1/tests/regress/store
room=$(mktemp -d "${TMPDIR:-/tmp}/store.XXXXXX")
trap 'rm -rf "$room"' EXIT

passed=0
ok() {
	passed=$((passed + 1))
	echo "ok $passed $*"
}
fail() {
	echo "FAILED: $*"
	echo "$passed passed, 1 failed"
	exit 1
}
# What git says goes into a file that is shown when it objects.
quiet() {
	"$@" >"$room/said" 2>&1 || {
		cat "$room/said"
		fail "$*"
	}
}
# `same WHAT HOME` compares what is read from a home with what was read at first.
same() {
	now=$("$store" read "$2") || fail "reading $1"
	[ "$now" = "$read" ] || fail "$1: read '$now', not '$read'"
	ok "all is read from $1: $now"
}
fsck() {
	quiet git -C "$1" fsck --strict --full
	! grep -E 'error|missing|broken|dangling' "$room/said" || fail "fsck of $1"
}

a=$room/a
mkdir "$a"
"$store" make "$a" || fail "making a store"
read=$("$store" read "$a")
git=$a/store.git

fsck "$git" && ok "fsck --strict finds nothing"
[ "$(git -C "$git" symbolic-ref HEAD)" = refs/heads/journal ] || fail "HEAD"
checkpoints=$(git -C "$git" log --first-parent --format=%s journal | grep -c '^dossier checkpoint 1$')
case $read in
*" checkpoints $checkpoints "*) ;;
*) fail "$checkpoints checkpoints in git's log, but $read" ;;
esac
ok "git log --first-parent journal is the diary: $checkpoints checkpoints"
# A thousand parents or a constant date would make these take minutes.
[ "$(git -C "$git" log --format=%P store | awk 'NF > 255' | wc -l)" = 0 ] || fail "more than 255 parents"
ok "no store commit has more than 255 parents"

quiet git clone -q --mirror "$git" "$room/m.git"
fsck "$room/m.git" && ok "clone --mirror"
quiet git clone -q --mirror "file://$git" "$room/n.git"
fsck "$room/n.git" && ok "clone --mirror over the wire"
quiet git -C "$git" bundle create "$room/all.bundle" --all
quiet git -C "$git" bundle verify "$room/all.bundle"
quiet git clone -q --mirror "$room/all.bundle" "$room/o.git"
fsck "$room/o.git" && ok "bundle create --all, and a clone of it"

# A mirror is a backup: put back, it is opened, completed and written to.
mkdir "$room/b"
mv "$room/n.git" "$room/b/store.git"
same "a restored mirror" "$room/b"
"$store" write "$room/b" 10 || fail "writing to a restored mirror"
fsck "$room/b/store.git" && ok "a restored mirror is written to"
[ "$(git -C "$room/b/store.git" config gc.auto)" = 0 ] || fail "a restored mirror has its own settings"

"$store" merge "$a" || fail "merging packs"
same "merged packs" "$a"
fsck "$git" && ok "merged packs"

quiet git -C "$git" gc -q
[ -f "$git/packed-refs" ] || fail "gc did not pack the refs: nothing was tested"
same "a store after gc" "$a"
fsck "$git" && ok "gc"
"$store" write "$a" 80 || fail "writing after gc"
read=$("$store" read "$a")
fsck "$git" && ok "writing after gc"
quiet git -C "$git" gc -q --prune=now --aggressive
same "a store after gc --prune=now" "$a"
[ ! -e "$git/objects/info/commit-graph" ] && [ ! -e "$git/objects/info/commit-graphs" ] &&
	[ ! -e "$git/objects/pack/multi-pack-index" ] && [ ! -e "$git/logs" ] ||
	fail "gc left a graph, an index over packs or logs"
ok "gc leaves no graph, no index over packs, no logs"

# gc while a process writes: nothing is lost on either side.
before=$(git -C "$git" rev-list --first-parent --count store)
"$store" write "$a" 150 &
writer=$!
runs=0
while kill -0 "$writer" 2>/dev/null; do
	quiet git -C "$git" gc -q
	runs=$((runs + 1))
done
wait "$writer" || fail "writing while gc runs"
after=$(git -C "$git" rev-list --first-parent --count store)
[ "$after" = $((before + 150)) ] || fail "$before store commits, then 150 more, now $after"
"$store" read "$a" >/dev/null || fail "reading after writing and gc at once"
fsck "$git" && ok "150 transactions while gc ran $runs times"

echo "$passed passed, 0 failed"
