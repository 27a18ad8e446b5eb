# Part one: a federation, five sites, their officers.  Files go from hand to hand; no network yet.

say "== A federation is founded, and four sites join by files that a person carries =="
"$DOSSIER" --home "$DEMO/central" --no-input --quiet found nl --site central --no-passphrase >/dev/null 2>&1

# admit NODE SITE-ROLE FIRST-OFFICER ROLES
admit() {
	at "$1" --quiet init --site "$1" --officer "$3" --request "$DEMO/$1.request" --no-passphrase \
		>/dev/null 2>&1
	at central --quiet admit "$DEMO/$1.request" --role "$2" --may-appoint "$4" \
		--welcome "$DEMO/$1.welcome" >/dev/null
	at "$1" --quiet join "$DEMO/$1.welcome" >/dev/null
	say "   $1 joined as a site of role $2"
}
admit terapel reception k.jansen police_avim,ind_intake,coa,vwn,medical
admit gilze reception r.smit kmar,coa,ind_officer,ind_registrar
admit vos counsel adv.vos lawyer
admit audit audit a.auditor auditor

# officer NODE BY NAME ROLE
officer() {
	if [ "$2" = - ]; then
		at "$1" --quiet officer new "$3" --role "$4" --no-passphrase >/dev/null 2>&1
	else
		as "$1" "$2" --quiet officer new "$3" --role "$4" --no-passphrase >/dev/null 2>&1
	fi
}
officer central - a.deboer ind_registrar
officer central - j.visser ind_dat
officer terapel k.jansen p.agent police_avim
officer terapel k.jansen l.kok ind_intake
officer terapel k.jansen coa.w coa
officer terapel k.jansen vwn.b vwn
officer terapel k.jansen dr.lang medical
officer gilze r.smit coa.g coa
officer gilze r.smit m.bakker ind_officer
officer gilze r.smit s.yilmaz ind_officer
officer gilze r.smit h.post ind_registrar
say "   $(at terapel officer list | wc -l) lines of officers at terapel alone, appointed there, offline"

# The centre answers on a port of the loopback that the system picks.
at central serve --listen 127.0.0.1:0 >"$DEMO/central.address" 2>"$DEMO/central.log" &
serve_pid=$!
for i in $(seq 100); do
	[ -s "$DEMO/central.address" ] && break
	sleep 0.1
done
address=$(head -n 1 "$DEMO/central.address")
[ -n "$address" ] || fail "the central node does not listen; see $DEMO/central.log"
for node in terapel gilze vos audit; do
	at "$node" --quiet peer add central "$address"
done
sync_nodes terapel gilze vos audit
say "   the central node serves on $address; all four have called it"
