#!/bin/sh
# Acceptance 1-9: bad input at the command line ends with one line that names the thing and the way out, with
# the documented exit code, and with nothing changed.
#
#     sh tests/accept/1-9.sh BUILD
set -u
. "$(dirname "$0")/../support/cli.sh"
cli_begin "$1"
make_central && make_site terapel reception k.jansen
result $? "a federation"
case_id=$(d terapel --quiet new asylum case.reported_on=2026-02-02 2>/dev/null)
result $? "a case"

# The command line.
refuses 2 'no command "edt"; did you mean "edit"' "a mistyped command" terapel edt
refuses 2 'no option "--jsn" here; did you mean "--json"' "a mistyped option" terapel list --jsn
refuses 2 'something is missing: .*help edit' "a missing word" terapel edit
refuses 2 '"x" is no FIELD=VALUE' "a word that is none" terapel edit "$case_id" x
refuses 2 'nothing to change' "nothing to change" terapel edit "$case_id"

# Fields and values.
refuses 2 'no field "identty.family_name"; did you mean "identity.family_name"' "an unknown field" \
	terapel edit "$case_id" identty.family_name=Haile
refuses 2 'no field "zzz"; `dossier form explain`' "a field like no other" terapel edit "$case_id" zzz=1
refuses 8 'case.reported_on takes a day that exists, such as' "an impossible date" \
	terapel edit "$case_id" case.reported_on=2026-02-31
refuses 8 'case.reported_on takes a day' "a wrong type" terapel edit "$case_id" case.reported_on=soon
refuses 8 'procedure.type takes' "an unknown word of an enum" terapel edit "$case_id" procedure.type=AAA
refuses 2 'case.reported_on holds one value: set it with case.reported_on=VALUE' "a sign that does not fit" \
	terapel edit "$case_id" case.reported_on+=2026-02-02
refuses 2 'no basis "own_statment"; did you mean "own_statement"' "an unknown basis" \
	terapel edit "$case_id" contact.phone=1 --basis own_statment
refuses 8 'medical.allergies may be written so only by medical' "a missing role" \
	terapel edit "$case_id" medical.allergies+=penicillin
refuses 2 'no role "lawyr"; did you mean "lawyer"' "an unknown role" \
	terapel edit "$case_id" contact.phone=1 --role lawyr
refuses 8 'does not hold that role' "a role that one does not hold" \
	terapel edit "$case_id" contact.phone=1 --role lawyer
printf '[{"op":"set","field":"contact.phone"}]' >ops.json
refuses 2 'operation 1: set of contact.phone wants "value"' "an operation without a value" \
	terapel edit "$case_id" --ops ops.json
printf '[{"op":"sett","field":"contact.phone","value":"1"}]' >ops.json
refuses 2 'operation 1: there is no operation "sett"' "an unknown operation" terapel edit "$case_id" \
	--ops ops.json
printf '[{"op":' >ops.json
refuses 2 'ops.json: .*line 1' "a broken file" terapel edit "$case_id" --ops ops.json
refuses 3 'no-such-file' "a file that is not there" terapel edit "$case_id" contact.phone=@no-such-file

# Cases, changes, sites.
refuses 3 'no case "deadbeef" here; `dossier list`' "an unknown case" terapel show deadbeef
refuses 3 'no case "9999999999" here' "an unknown V-number" terapel show 9999999999
refuses 2 'names no case' "what is no case at all" terapel show 'Haile'
refuses 3 'no change "abcdef"; `dossier log`' "an unknown change" terapel strike "$case_id" abcdef --reason no
refuses 3 'no site "centrl"; did you mean "central"' "an unknown site" terapel grant "$case_id" centrl
refuses 8 'nothing to grant' "a grant of what is granted" terapel grant "$case_id" central
refuses 2 'no compartment "medicl"; did you mean "medical"' "an unknown compartment" \
	terapel grant "$case_id" central --compartment medicl
refuses 3 'was never written' "a conflict in a field that was never written" \
	terapel resolve "$case_id" contact.phone --take 1 --reason no
refuses 3 'nothing to acknowledge' "nothing to acknowledge" terapel ack "$case_id" case.reported_on

# Keys and homes.
refuses 3 'no key of an officer "nobody" here; here are: k.jansen' "an officer who is not here" \
	terapel --as nobody new asylum
refuses 3 'no node at nowhere' "a home that is not there" nowhere list
refuses 1 'central is not empty' "a home where something is" central found X --site x --no-passphrase
refuses 7 'holds no root key' "an admission without the root key" terapel admit terapel.request \
	--role reception --welcome w
refuses 8 'officer dokter may not be appointed' "an appointment beyond one's own" terapel officer new dokter \
	--role medical --no-passphrase
refuses 2 'no name: take 1 to 64' "a name that is none" terapel officer new 'Dr. Who' --role coa \
	--no-passphrase

# Requests and welcomes.
d waits --quiet init --site waits --request waits.request --no-passphrase >/dev/null 2>&1
d central --quiet admit waits.request --role reception --welcome waits.welcome >/dev/null
head -c 700 waits.welcome >truncated
refuses 1 'no whole welcome .*fetch the file again' "a truncated welcome" waits join truncated
sed 's/coa/cob/' waits.welcome >altered
refuses 1 'no whole welcome .*damaged' "an altered welcome" waits join altered
refuses 8 'not for this node' "another node's welcome" waits join terapel.welcome
refuses 3 'waits has not joined a federation yet' "a home that has not joined" waits list
head -c 100 waits.request >truncated
refuses 1 'no whole request' "a truncated request" central admit truncated --role reception --welcome w
refuses 2 'no site role "receptoin"' "an unknown site role" central admit waits.request --role receptoin \
	--welcome w
refuses 1 'terapel has joined a federation already' "joining twice" terapel join terapel.welcome
d other --quiet found 'Other chain' --site centre --no-passphrase >/dev/null 2>&1
d stranger --quiet init --site terapel --officer k.jansen --request stranger.request --no-passphrase \
	>/dev/null 2>&1
refuses 1 'site "terapel" already, with another key' "a name that is taken" central admit stranger.request \
	--role reception --welcome w

# Peers.
refuses 3 'no site "centre"' "a peer that the charter does not have" terapel peer add centre 127.0.0.1:1
refuses 2 'HOST:PORT' "an address that is none" terapel peer add central nowhere
refuses 3 'no address is known for "central"' "a peer without an address" terapel sync central
ends 6 "a peer that is not there" terapel sync central@127.0.0.1:1
[ "$(wc -l <err)" = 1 ]
result $? "is said in one line"
serve other
ends 6 "a peer of another federation" terapel sync "central@${address:-}"
[ "$(wc -l <err)" = 1 ]
result $? "is said in one line"
stop
result $? "and the other node goes on"

# With --json the words are JSON, and the code is in them.
ends 3 "an error for programs" terapel --json show deadbeef
[ "$(json err error) $(json err exit)" = 'not_found 3' ]
result $? "names kind and code"

cli_end
