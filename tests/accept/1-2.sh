#!/bin/sh
# Three sites that made 300 edits each while apart meet in ten random orders, as a star and as a ring:
# equal pictures on all, nothing moves once settled, idle syncs leave everything where it is.
set -eu
build=$1
seed=${SEED:-1}
orders=${ORDERS:-10}
work=$(mktemp -d "${TMPDIR:-/tmp}/dossier-meet.XXXXXX")
TZ=UTC LC_ALL=C.UTF-8 HOME=$work GIT_CONFIG_NOSYSTEM=1
export TZ LC_ALL HOME GIT_CONFIG_NOSYSTEM
dossier=$build/dossier
pids=
stop() {
	[ -z "$pids" ] || kill $pids 2>/dev/null || true
	wait 2>/dev/null || true
	pids=
}
trap 'stop; rm -rf "$work"' EXIT

fail() {
	printf 'FAILED: %s\n' "$*" >&2
	exit 1
}
at() {
	at_node=$1
	shift
	"$dossier" --home "$work/now/$at_node" --no-input --quiet "$@"
}
# field NAME: a number of the JSON line on standard input.
field() {
	sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

make_apart() {
	mkdir "$work/apart"
	"$build/tests/meet" "$work/apart" "$seed" 300 20
}

# serve_all: every site answers on a port of its own.
serve_all() {
	rm -f "$work"/port.*
	for site in a b c; do
		"$dossier" --home "$work/now/$site" --no-input --quiet serve --listen 127.0.0.1:0 \
			>"$work/port.$site" 2>"$work/log.$site" &
		pids="$pids $!"
	done
	for site in a b c; do
		tries=0
		until [ -s "$work/port.$site" ]; do
			tries=$((tries + 1))
			[ $tries -lt 100 ] || fail "site $site does not listen: $(cat "$work/log.$site")"
			sleep 0.05
		done
	done
}

# call A B: A calls B; adds to `moved` the changes that went either way.
call() {
	at "$1" --json sync "$2@$(cat "$work/port.$2")" >"$work/result" ||
		fail "$1 could not sync with $2: $(cat "$work/result")"
	sent=$(field changes_sent <"$work/result")
	taken=$(field changes_taken <"$work/result")
	moved=$((moved + sent + taken))
}

# pairs TOPOLOGY: who calls whom, in an order drawn by awk.
pairs() {
	case $1 in
	star) list="b:a c:a" ;;
	ring) list="a:b b:c c:a" ;;
	esac
	printf '%s\n' $list | awk -v seed="$2" '
		BEGIN { srand(seed) }
		{ print rand() "\t" (rand() < 0.5 ? $0 : substr($0, 3, 1) ":" substr($0, 1, 1)) }' |
		sort -n | cut -f 2
}

heads() {
	for site in a b c; do
		git -C "$work/now/$site/store.git" for-each-ref --format='%(refname) %(objectname)'
		git -C "$work/now/$site/store.git" count-objects -v | grep in-pack
	done
}

# pictures SITE: everything that show and list say.
pictures() {
	at "$1" --as first --json list >"$work/list.$1" 2>/dev/null || fail "list at $1"
	: >"$work/show.$1"
	for case in $cases; do
		at "$1" --as first --json show "$case" >>"$work/show.$1" || fail "show $case at $1"
	done
}

make_apart | tee "$work/made"
concurrent=$(sed -n 's/.*concurrent \([0-9]*\).*/\1/p' "$work/made")
fields=$(sed -n 's/.*fields \([0-9]*\).*/\1/p' "$work/made")
rules=$(sed -n 's/.*rules \([0-9]*\).*/\1/p' "$work/made")
[ "$concurrent" -ge 500 ] || fail "only $concurrent pairs were written by several"
[ "$fields" -ge 40 ] && [ "$rules" -eq 8 ] || fail "only $fields fields of $rules rules"

first=
contested=0
order=0
while [ $order -lt "$orders" ]; do
	for topology in star ring; do
		rm -rf "$work/now"
		cp -a "$work/apart" "$work/now"
		cases=$("$dossier" --home "$work/now/a" --no-input --as first --quiet list --json 2>/dev/null |
			grep -o '"case":"[0-9a-f]*"' | cut -d'"' -f4)
		serve_all
		# Enough rounds for news to go all the way round, each in an order of its own.
		for round in 1 2 3; do
			moved=0
			for pair in $(pairs $topology $((seed * 1000 + order * 10 + round))); do
				call "${pair%:*}" "${pair#*:}"
			done
			[ $round -gt 1 ] || before=$moved
		done
		for site in a b c; do
			pictures $site
		done
		for site in b c; do
			cmp -s "$work/show.a" "$work/show.$site" || fail "pictures differ ($topology, order $order)"
			cmp -s "$work/list.a" "$work/list.$site" || fail "lists differ ($topology, order $order)"
		done
		# What the merge made is the same in every order: only `digest` may tell of anything else.
		sum=$(cat "$work/show.a" "$work/list.a" | sha256sum)
		[ -z "$first" ] || [ "$sum" = "$first" ] ||
			fail "another order gave another picture ($topology, order $order)"
		first=$sum
		contested=$(grep -o '"status":"contested"' "$work/show.a" | wc -l)
		auto=$(grep -o '"status":"auto"' "$work/show.a" | wc -l)
		# Settled: one more round may carry what checkpoints said of the round before; then nothing moves.
		moved=0
		for pair in $(pairs $topology 1); do call "${pair%:*}" "${pair#*:}"; done
		for pair in $(pairs $topology 2); do call "${pair%:*}" "${pair#*:}"; done
		heads >"$work/heads.before"
		moved=0
		idle=0
		while [ $idle -lt 10 ]; do
			for pair in $(pairs $topology $idle); do call "${pair%:*}" "${pair#*:}"; done
			idle=$((idle + 1))
		done
		heads >"$work/heads.after"
		[ $moved -eq 0 ] || fail "$moved changes moved after all was settled"
		cmp -s "$work/heads.before" "$work/heads.after" ||
			fail "idle syncs moved heads or wrote objects ($topology, order $order)"
		stop
		echo "order $order $topology: $before changes moved, all equal; ten idle rounds wrote nothing"
	done
	order=$((order + 1))
done
echo "$concurrent pairs written by several sites, $contested contested, $auto chosen by a rule"
[ "$contested" -ge 50 ] || fail "only $contested fields are contested"
