#!/bin/sh
# How a federation begins: founding, requests, admissions, joining, officers; stock git accepts what comes
# out.
#
#     sh tests/regress/cli_start.sh BUILD
set -u
. "$(dirname "$0")/../support/cli.sh"
cli_begin "$1"

works "a federation is founded" central found 'Asylum chain' --site central --no-passphrase
says out '^[0-9a-f]{64}$' "its id is printed"
says err 'warning: .*without a passphrase' "a missing passphrase is said aloud"
works "the founding site's first officer is the root's" central officer new reg \
	--role ind_registrar,dpo --may-appoint ind_officer --no-passphrase
works "an officer appoints what he may" central --as reg officer new anna --role ind_officer --no-passphrase
works "a site asks" terapel init --site terapel --officer k.jansen --request terapel.request --no-passphrase
asked=$(cat out)
cmp -s terapel/request terapel.request
result $? "the request lies in the home too"
works "the root admits" central admit terapel.request --role reception --welcome terapel.welcome
says err "$asked" "both sides see one fingerprint"
made=$(cat out)
works "the site joins" terapel join terapel.welcome
says err "$made" "and of the welcome too"
cp terapel.welcome first.welcome
works "admitted again, nothing is stated twice" central admit terapel.request --role reception \
	--welcome again.welcome
cmp -s first.welcome again.welcome
result $? "the same welcome comes out"
works "the list of sites" central --json site list
[ "$(json out sites 1 name)" = terapel ] && [ "$(json out sites 1 readers)" = '["coa"]' ]
result $? "a reception centre's officers are what the form says"
works "the roles may be others" vos init --site vos --officer vos --request vos.request --no-passphrase
works "as admit has them" central admit vos.request --role counsel --may-appoint lawyer,vwn \
	--welcome vos.welcome
works "that is in the charter" central --json site list
[ "$(json out sites 2 readers)" = '["vwn", "lawyer"]' ]
result $? "the site's readers are those"

works "an officer enrols a colleague without a network" terapel officer new l.kok --role coa --no-passphrase
works "and retires him" terapel --as k.jansen officer retire l.kok
works "the list of officers" terapel --json officer list
[ "$(json out officers 1 name) $(json out officers 1 ended)" = 'l.kok true' ]
result $? "shows who has left"
works "who left is not asked for" terapel new asylum case.reported_on=2026-02-02
ends 8 "what he signs is refused" terapel --as l.kok new asylum case.reported_on=2026-02-02

# Stock git knows every key that the charter names.
works "the keys as git wants them" terapel charter show --allowed-signers
cp out allowed
works "a change of the case" terapel new asylum case.reported_on=2026-02-03
works "the list holds it" terapel --json list
id=$(json out cases 0 case)
works "its log names the commit" terapel --json log "$id"
git -C terapel/store.git -c gpg.ssh.allowedSignersFile="$PWD/allowed" verify-commit \
	"$(json out changes 0 git)" >out 2>err
result $? "stock git verifies the commit"
says err 'Good "git" signature for k.jansen@terapel' "and names the officer"
git -C terapel/store.git -c gpg.ssh.allowedSignersFile="$PWD/allowed" verify-commit \
	refs/heads/journal >out 2>err
result $? "stock git verifies the journal"

# Passphrases.
printf 'the node\nthe officer\n' >phrases
works "keys rest under passphrases" guarded --passphrase-file phrases init --site guarded \
	--officer wim --request guarded.request
works "and are admitted" central admit guarded.request --role reception --welcome guarded.welcome
works "the lines of the file are tried in order" guarded --passphrase-file phrases join guarded.welcome
works "for the officer too" guarded --passphrase-file phrases new asylum case.reported_on=2026-02-02
printf 'the node\nwrong\n' >wrong
refuses 7 'wrong passphrase .*wim.key' "a wrong passphrase" guarded --passphrase-file wrong new asylum
refuses 7 'passphrase' "none and nobody to ask" guarded --no-input new asylum
grep -q 'BEGIN\|seed' guarded/keys/*.key guarded/keys/officers/*.key
[ $? = 1 ]
result $? "no key lies in the open"

cli_end
