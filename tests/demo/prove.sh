# Part three: what there is now, and what can be proven of it.

say
say "== The central office's inbox: what a person has to decide =="
as central a.deboer conflicts | tee "$DEMO/conflicts" | head -n 14 || true
say "   ... $(wc -l <"$DEMO/conflicts") lines in all"

say
say "== The action team decides; the decision goes out =="
play after decision
sync_nodes terapel gilze vos audit
sync_nodes terapel gilze vos audit
as central a.deboer show "$(cat "$DEMO/case.decision")" | grep -i "decision\.\|residence" | head -n 8

say
say "== One case's timeline =="
as central a.deboer log "$(cat "$DEMO/case.passport")" | head -n 40

say
say "== Every node equal where it shares =="
compared=0 fields=0
for case in $(cat "$DEMO/case.passport" "$DEMO/case.transfer" "$DEMO/case.decision" "$DEMO/shared"); do
	as central a.deboer show "$case" --json >"$DEMO/a.json"
	for node in terapel gilze vos; do
		who=l.kok
		[ "$node" = gilze ] && who=r.smit
		[ "$node" = vos ] && who=adv.vos
		as "$node" "$who" show "$case" --json >"$DEMO/b.json" 2>/dev/null || continue
		"$BUILD/tests/same" "$DEMO/a.json" "$DEMO/b.json" >"$DEMO/same" ||
			fail "case $case differs between central and $node: $(cat "$DEMO/same")"
		compared=$((compared + 1))
		fields=$((fields + $(tail -n 1 "$DEMO/same" | cut -d' ' -f1)))
	done
done
say "   $compared pictures compared with the centre's: $fields fields equal, none different"

say
say "== The auditor =="
sync_nodes audit
say "At the central office, which holds all cases:"
at central audit || fail "the audit at central finds fault"
say
say "At the audit bureau, which holds the journals of all and no case:"
at audit audit || fail "the audit at the audit bureau finds fault"
say
say "Who read what, as the journals that came to the audit bureau tell it:"
at audit audit --reads 2>/dev/null | sed -n '/^WHEN/,$p' | head -n 8
say "and at Ter Apel, with what its journal has not taken in yet:"
at terapel audit --reads 2>/dev/null | sed -n '/^WHEN/,$p' | head -n 6

say
say "== Anybody can check with stock git =="
at central charter show --allowed-signers >"$DEMO/allowed_signers"
change=$(git -C "$DEMO/central/store.git" log --format=%H --author=SHA256 -n 1 store)
check="git -C $DEMO/central/store.git -c gpg.ssh.allowedSignersFile=$DEMO/allowed_signers"
check="$check verify-commit $change"
say "   $check"
$check 2>&1 | sed 's/^/   /'
$check 2>/dev/null || fail "stock git does not confirm change $change"
for node in $NODES; do
	git -C "$DEMO/$node/store.git" fsck --strict --no-dangling >/dev/null 2>&1 ||
		fail "git fsck finds fault with $node"
done
say "   git fsck --strict finds no fault in any of the five repositories"

say
say "The nodes stay in $DEMO; go on playing, for example:"
say "   $DOSSIER --home $DEMO/central --as a.deboer list"
say "   $DOSSIER --home $DEMO/central --as a.deboer conflicts"
