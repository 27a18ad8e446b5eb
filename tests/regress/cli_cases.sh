#!/bin/sh
# Casework over three sites: opening, editing, reading, colliding, deciding, importing, and that equal nodes
# print equal bytes.
#
#     sh tests/regress/cli_cases.sh BUILD
set -u
. "$(dirname "$0")/../support/cli.sh"
cli_begin "$1"
make_central && make_site terapel reception k.jansen && make_site budel reception r.smit &&
	make_site vos counsel vos && make_site schiphol registration r.wit && make_site zevenaar registration \
	h.post
result $? "a federation of six sites"

# One site.
works "a case is opened" terapel new asylum case.reported_on=2026-02-02 contact.phone=+31612345678
id=$(cat out)
says out '^[0-9a-f]{32}$' "its id is printed"
works "a value may come from the standard input" terapel edit "$id" contact.phone=@- </dev/null
works "an empty value empties" terapel --json show "$id"
[ "$(json out fields contact.phone value)" = null ]
result $? "the field is empty"
printf '+31687654321\n' >phone
works "or from a file" terapel edit "$id" contact.phone=@phone 'accommodation.special_needs+=ground floor'
works "a set takes and gives" terapel edit "$id" 'accommodation.special_needs-=ground floor' \
	'accommodation.special_needs+=quiet room'
printf \
	'[{"op":"append","field":"accommodation.presence_checks","entry":{"on":"2026-02-03","present":true}}]' \
	>ops.json
works "operations come as JSON" terapel edit "$id" --ops ops.json
works "the case is shown by the beginning of its id" terapel show "$(echo "$id" | cut -c 1-8)"
says out 'contact.phone +\+31687654321 +k.jansen, terapel' "value, who, where"
says out 'quiet room' "what was added"
says_not out 'ground floor' "what was taken out"
works "the log" terapel log "$id"
says out 'contact.phone  \+31612345678 → -' "from and to"
says out 'every signature holds' "the verdict on signatures"

d terapel --json log "$id" >out 2>err
first=$(json out changes 0 change)
works "the case as it was" terapel --json show "$id" --at "$first"
[ "$(json out fields contact.phone value) $(json out at)" = "+31612345678 $first" ]
result $? "at its first change"
says_not out 'quiet room' "without what came later"
refuses 3 'no change "ffffffff"' "at a change that it has not" terapel show "$id" --at ffffffff

# Every read is in the log of reads before anything is shown: with the log in the way nothing is shown.
works "the list is a read" terapel list
says out "^$(echo "$id" | cut -c 1-8)" "the case is in the list"
log=$(echo terapel/readlog-*)
size=$(wc -c <"$log")
works "a read" terapel show "$id"
[ "$(wc -c <"$log")" -gt "$size" ]
result $? "the read log grew"
works "breaking the glass" terapel show "$id" --break-glass 'emergency at the desk'
if [ "$(id -u)" != 0 ]; then
	chmod 400 "$log"
	ends 1 "without a log nothing is shown" terapel show "$id"
	[ ! -s out ]
	result $? "not a byte"
	chmod 600 "$log"
fi

# Two sites, and the centre between them.
meet terapel
works "the centre has it" central --json show "$id"
cp out central.json
works "and so has the site" terapel --json show "$id"
cmp -s out central.json || d terapel --json show "$id" | diff - central.json | head -c 1000
says out '"name":"k.jansen"' "names of people"
works "a second site is let in" terapel grant "$id" budel
meet terapel budel
works "it reads the case" budel --json show "$id"
cp out budel.json
works "as the first does" terapel --json show "$id"
cmp -s out budel.json
result $? "both print the same bytes"
works "with what is local" budel --json show "$id" --local
[ "$(json out local short)" = "$(echo "$id" | cut -c 1-8)" ]
result $? "the short name"
works "the list too" budel --json list
cp out budel.json
works "at the other site" terapel --json list
cmp -s out budel.json
result $? "is the same"
works "what is new" budel list --new
says err 'cases: 1' "is new once"
works "what is new again" budel list --new
says err 'cases: 0' "and then no more"

# A collision: a number given twice, which a person decides; a room, which the clock does.
works "two more sites are let in" terapel grant "$id" schiphol
works "one by one" terapel grant "$id" zevenaar
meet terapel schiphol zevenaar
works "one number" schiphol edit "$id" case.v_number=2912345678
works "another number" zevenaar edit "$id" case.v_number=2987654321
meet schiphol zevenaar terapel
ends 4 "a conflict is open" central conflicts
says out 'case.v_number  CONTESTED' "it is named"
works "for programs" central --json list
[ "$(json out cases 0 open)" = 1 ]
result $? "the list counts it"
ends 4 "status says so" central status --check
works "either number finds the case" central show 2912345678
works "and so does the other" central show 2987654321
refuses 8 'may be written so only by ind_registrar' "not anyone may decide" terapel resolve "$id" \
	case.v_number \
	--take 1 --reason 'seen'
refuses 3 'numbers them 1 to 2' "there is no third value" central --as reg resolve "$id" case.v_number \
	--take 3 \
	--reason 'seen'
refuses 2 'a resolution wants a reason' "without a reason" central --as reg resolve "$id" case.v_number \
	--take 2 \
	--reason ''
ends 4 "the values are numbered" central --json conflicts "$id"
second=$(json out conflicts 0 candidates 1 value)
works "the second is taken" central --as reg resolve "$id" case.v_number --take 2 --reason \
	'letter of the police'
works "nothing is left to decide" central conflicts
works "the number stands" central --json show "$id"
[ "$(json out fields case.v_number value)" = "$second" ]
result $? "as it was taken"
works "the log has the reason" central log "$id"
says out 'letter of the police' "in words"
works "room 12" terapel edit "$id" accommodation.room=12
works "room 14" budel edit "$id" accommodation.room=14
meet terapel budel terapel
ends 0 "nothing to decide" terapel conflicts "$id"
says out 'accommodation.room' "what the rule chose is listed"
works "one has seen it" terapel ack "$id" accommodation.room
works "and it leaves the list" terapel conflicts
says_not out 'accommodation.room' "it is gone"
# What may not be seen.
works "an assessment" central --as reg edit "$id" security.public_order=under_review
works "the lawyer's office is let in" central --as reg grant "$id" vos
meet vos terapel
works "it reads what a lawyer may" vos show "$id"
says out 'quiet room' "where the person lives"
says out '^security +\(not for this officer' "the part that it may not read is named"
says_not out 'under_review' "and not shown"
works "a program sees so too" vos --json show "$id"
[ "$(json out withheld)" = '["security"]' ]
result $? "in the list of what is withheld"
says_not out 'under_review' "and not the value"
ends 8 "nor by a list" vos list --field security.public_order=under_review
says err 'not for this officer' "that asks for it"

# Import.
{
	printf '{"key":"A1","fields":{"case.reported_on":"2026-01-05","contact.phone":"+31600000001"}}\n'
	printf '{"key":"A2","fields":{"case.reported_on":"2026-13-05"}}\n'
	printf '\n{"key":"A3","fields":{"accommodation.special_needs":["cot","quiet room"]}}\n'
} >rows.ndjson
state_of terapel >before
ends 8 "a dry run" terapel import --dry-run rows.ndjson
state_of terapel >after
cmp -s before after
result $? "writes nothing"
says err 'line 2: case.reported_on takes' "and names the line"
says out '^1 would_open' "and what would be opened"
ends 8 "an import with a bad row" terapel import rows.ndjson
says err 'opened 2, here already 0, refused 1' "takes the others"
sed -i 's/2026-13-05/2026-01-06/' rows.ndjson
works "mended and run again" terapel import rows.ndjson
says err 'opened 1, here already 2, refused 0' "it doubles nothing"
works "the list" terapel --json list
[ "$(json out cases | grep -o '"case"' | wc -l)" = 4 ]
result $? "has each once"

# Struck.
works "a wrong entry" terapel edit "$id" accommodation.room=99
change=$(cat out)
works "is struck" terapel strike "$id" "$change" --reason 'the other file'
works "and has no effect" terapel show "$id"
says_not out 'room +99' "the value is gone"
works "but stays in the log" terapel log "$id"
says out '99 .*it was struck' "marked"

# The cache is a cache.
d terapel --json show "$id" >before
rm -f terapel/index.db*
d terapel --json show "$id" >after
cmp -s before after
result $? "without an index the same bytes"
works "made anew" terapel reindex
works "status" terapel status
says out 'node terapel-1 of site terapel \(reception\)' "who it is"
says out 'confirmed nowhere else yet: [1-9]' "what is confirmed nowhere"
cli_end
