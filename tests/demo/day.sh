# Part two: the day.  Reads day.txt; a case's steps of part `base` follow each other from node to node,
# those of part `apart` are made while the links are down.

# write NODE OFFICER CASE OPS: one signed change (the first of a case opens it).
write() {
	printf '%s' "$4" >"$DEMO/ops.json"
	if [ -f "$DEMO/case.$3" ]; then
		as "$1" "$2" --quiet edit "$(cat "$DEMO/case.$3")" --ops "$DEMO/ops.json" >/dev/null
	else
		as "$1" "$2" --quiet new asylum --ops "$DEMO/ops.json" >"$DEMO/case.$3"
	fi
}

# play PART CASE: the steps of that part; nodes sync whenever a base case moves on.
play() {
	last=
	grep "^[a-z]* [a-z.]* $2 $1 " "$here/day.txt" >"$DEMO/steps"
	while read -r node officer case part ops; do
		if [ "$part" = base ] && [ -n "$last" ] && [ "$last" != "$node" ]; then
			sync_nodes "$last" "$node"
		fi
		new=yes
		[ ! -f "$DEMO/case.$case" ] || new=
		write "$node" "$officer" "$case" "$ops" || fail "$officer at $node could not write in case $case"
		# The other centre is to work on it too; the lawyer's office gets there by one grant.
		[ -z "$new" ] || as "$node" "$officer" --quiet grant "$(cat "$DEMO/case.$case")" gilze >/dev/null
		if [ "$officer" = a.deboer ] && [ "$part" = base ] && [ ! -f "$DEMO/granted.$case" ]; then
			as central a.deboer --quiet grant "$(cat "$DEMO/case.$case")" vos >/dev/null
			: >"$DEMO/granted.$case"
		fi
		# Claimed times have whole seconds: a second apart, the later one is the later one.
		[ "$part" = base ] || sleep 1
		last=$node
	done <"$DEMO/steps"
}

say
say "== Three people report; their cases move from desk to desk =="
for case in passport transfer decision; do
	play base "$case"
done
sync_nodes terapel gilze vos
say "   case $(cut -c1-8 "$DEMO/case.passport"): a name taken down by ear"
say "   case $(cut -c1-8 "$DEMO/case.transfer"): waiting to move from one centre to the other"
say "   case $(cut -c1-8 "$DEMO/case.decision"): interviewed, with a lawyer who filed his view"

say
say "== The links go down; work goes on =="
for case in passport transfer decision; do
	play apart "$case"
done
for node in terapel gilze; do
	[ "$node" = terapel ] && prefix=T first=2930000000 seed=1 who=k.jansen
	[ "$node" = gilze ] && prefix=G first=2940000000 seed=2 who=r.smit
	awk -v seed=$seed -v count=100 -v prefix=$prefix -v first=$first -f "$here/cases.awk" \
		>"$DEMO/$node.ndjson"
	as "$node" "$who" --quiet import "$DEMO/$node.ndjson" --form asylum \
		>"$DEMO/$node.imported"
	say "   $node imported $(wc -l <"$DEMO/$node.imported") people, offline"
done

# Thirty people who registered at Ter Apel are to be housed at Gilze: both write in their cases.
head -n 30 "$DEMO/terapel.imported" | cut -d' ' -f 3 >"$DEMO/shared"
while read -r case; do
	as terapel p.agent --quiet grant "$case" gilze >/dev/null
done <"$DEMO/shared"
sync_nodes terapel gilze
while read -r case; do
	as terapel coa.w --quiet edit "$case" accommodation.room=T-12 \
		"accommodation.special_needs+=ground_floor" >/dev/null
	as gilze coa.g --quiet edit "$case" accommodation.room=B-214 \
		"accommodation.special_needs+=quiet_room" >/dev/null
done <"$DEMO/shared"
say "   30 of them were edited at both centres, neither knowing of the other"

say
say "== The links come back, badly =="
"$BUILD/tests/link" 0 "${address##*:}" --cut 20000 --cuts 6 --delay 20 >"$DEMO/link.port" &
link_pid=$!
for i in $(seq 50); do
	[ -s "$DEMO/link.port" ] && break
	sleep 0.1
done
bad=127.0.0.1:$(cat "$DEMO/link.port")
cuts=0
for node in terapel gilze terapel gilze terapel gilze; do
	at "$node" --quiet sync "central@$bad" >/dev/null 2>&1 || cuts=$((cuts + 1))
done
# One is killed in the middle of its work.
at terapel --quiet sync central >/dev/null 2>&1 &
victim=$!
sleep 0.05
kill -9 "$victim" 2>/dev/null || true
wait "$victim" 2>/dev/null || true
say "   $cuts sessions cut after 20 KB each, one process killed in the middle; calling again"
for round in 1 2 3; do
	sync_nodes terapel gilze vos audit
done

say
say "== What the nodes refuse to sign =="
for case in passport decision; do
	grep "^[a-z]* [a-z.]* $case refused " "$here/day.txt" >"$DEMO/steps"
	while read -r node officer case part ops; do
		if write "$node" "$officer" "$case" "$ops" 2>"$DEMO/refusal"; then
			fail "$officer at $node was not refused in case $case"
		fi
		say "   $(cat "$DEMO/refusal")"
	done <"$DEMO/steps"
done
