#!/bin/sh
# The index is a cache: lost or damaged in whatever way, the next command but one at most works as before,
# and both sides of a sync are equal again.
#
#     sh tests/regress/cli_index.sh BUILD
set -u
. "$(dirname "$0")/../support/cli.sh"
cli_begin "$1"

make_central && make_site terapel registration k.jansen
works "a case is opened" terapel new asylum case.reported_on=2026-02-02
works "and seen" terapel --json list
id=$(json out cases 0 case)
n=0
while [ $n -lt 12 ]; do
	n=$((n + 1))
	d terapel --quiet edit "$id" identity.aliases+="Name $n" >out 2>err || result 1 "an edit"
done
serve central
result $? "the centre serves"
works "a peer is set" terapel peer add central "$address"
works "both are equal" terapel sync central
d terapel --json show "$id" >whole.json

# damage WHAT COMMAND...: a query may come upon it in the midst; the command after that may not.
damage() {
	what=$1
	shift
	"$@" 2>/dev/null
	d terapel --json show "$id" >out 2>err
	works "$what: it shows" terapel --json show "$id"
	cmp -s out whole.json
	result $? "$what: it shows the same"
	works "$what: it syncs" terapel sync central
}
damage "no index" rm -f terapel/index.db
damage "an empty index" truncate -s 0 terapel/index.db
damage "a cut index" truncate -s 5000 terapel/index.db
damage "an index cut further on" truncate -s 20000 terapel/index.db
damage "no database" cp whole.json terapel/index.db
damage "a damaged head" dd if=/dev/urandom of=terapel/index.db bs=100 count=1 conv=notrunc
damage "damaged pages" dd if=/dev/urandom of=terapel/index.db bs=4096 seek=3 count=9 conv=notrunc
cp whole.json terapel/index.db
works "made anew on demand too" terapel reindex
works "a read is logged" terapel --json show "$id"
for log in terapel/readlog-*; do
	dd if=/dev/zero bs=64 count=1 2>/dev/null >>"$log"
done
works "behind what a power cut left of another, one more" terapel --json show "$id"
works "and they are attested" terapel sync central
works "while the centre serves, its index goes" central list
rm -f central/index.db*
works "an edit meanwhile" terapel edit "$id" identity.aliases+=Late
works "reaches it" terapel sync central
works "what another process sees" central --json show "$id"
grep -q Late out
result $? "shows the late one"
stop
result $? "the centre stops"

cli_end
