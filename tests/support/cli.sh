# shellcheck shell=sh
# What the scripts that drive the real program share: homes, a federation, checks that count.
#
#     . tests/support/cli.sh; cli_begin BUILD
#
# Every check counts; cli_end prints the totals and ends the script.  Homes are folders of a new folder, in
# which the script then stands.

cli_begin() {
	dossier=$1/dossier
	room=$(mktemp -d) || exit 1
	passed=0 failed=0 server=
	trap 'cli_clean' EXIT
	trap 'exit 130' INT TERM
	export HOME="$room"
	unset DOSSIER_HOME DOSSIER_AS
	cd "$room" || exit 1
}

cli_clean() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	rm -rf "$room"
}

cli_end() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}

# result CODE WHAT: counts, and shows what went wrong.
result() {
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
		sed 's/^/  out: /' out 2>/dev/null | head -n 20
		sed 's/^/  err: /' err 2>/dev/null | head -n 20
	fi
}

# d HOME WORD...: the program, quiet about what went well.
d() {
	home=$1
	shift
	"$dossier" --home "$home" "$@"
}

# works WHAT HOME WORD...: it ends with 0; leaves `out` and `err`.
works() {
	what=$1
	shift
	d "$@" >out 2>err
	result $? "$what"
}

# ends CODE WHAT HOME WORD...: it ends with that exit code.
ends() {
	code=$1 what=$2
	shift 2
	d "$@" >out 2>err
	got=$?
	[ "$got" = "$code" ]
	result $? "$what: ended with $got, not $code"
}

# says FILE PATTERN WHAT: a line of the file matches (grep -E).
says() {
	grep -Eq "$2" "$1"
	result $? "$3: no line of $1 matches $2"
}

says_not() {
	! grep -Eq "$2" "$1"
	result $? "$3: a line of $1 matches $2"
}

# The state of a home: every ref of its store, and every file but the index, which is a cache.
state_of() {
	git -C "$1/store.git" for-each-ref 2>/dev/null
	[ -d "$1" ] || return 0
	(cd "$1" && find . -type f ! -name 'index.db*' ! -name lock ! -path './store.git/*' \
		-exec sha256sum {} + | sort -k 2)
}

# refuses CODE PATTERN WHAT HOME WORD...: ends with that code and says why in one line that matches, and
# nothing in the home is changed.
refuses() {
	code=$1 pattern=$2 what=$3
	shift 3
	state_of "$1" >before
	d "$@" >out 2>err
	got=$?
	state_of "$1" >after
	[ "$got" = "$code" ]
	result $? "$what: ended with $got, not $code"
	[ "$(wc -l <err)" = 1 ]
	result $? "$what: not one line of words"
	grep -Eq "$pattern" err
	result $? "$what: the line does not match $pattern"
	cmp -s before after
	result $? "$what: something was changed"
}

# Founds federation F in `central` with officer reg (registrar and data protection officer).
make_central() {
	d central --quiet found 'Asylum chain' --site central --no-passphrase >/dev/null 2>&1 || return 1
	d central --quiet officer new reg --role ind_registrar,ind_officer,dpo --no-passphrase >/dev/null 2>&1
}

# make_site NAME ROLE OFFICER: a home NAME that central admits.
make_site() {
	d "$1" --quiet init --site "$1" --officer "$3" --request "$1.request" --no-passphrase >/dev/null 2>&1 &&
		d central --quiet admit "$1.request" --role "$2" --welcome "$1.welcome" >/dev/null &&
		d "$1" --quiet join "$1.welcome"
}

# serve HOME: runs it; its address is $address.
serve() {
	rm -f address.txt
	"$dossier" --home "$1" --quiet serve --listen 127.0.0.1:0 >address.txt 2>serve.err &
	server=$!
	n=0
	while [ ! -s address.txt ] && [ $n -lt 100 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	address=$(cat address.txt)
	[ -n "$address" ]
}

stop() {
	kill "$server"
	wait "$server"
	code=$?
	server=
	return $code
}

# meet HOME...: each in turn becomes equal with central, twice, so that all hold what all wrote.
meet() {
	serve central || return 1
	for turn in 1 2; do
		for home in "$@"; do
			d "$home" --quiet sync "central@$address" >/dev/null || echo "turn $turn: $home not equal"
		done
	done
	stop
}

# A member of the JSON object in a file, as jq has it; python reads it, so that nothing has to be installed.
json() {
	python3 -c 'import json, sys
at = json.load(open(sys.argv[1]))
for key in sys.argv[2:]:
    at = at[int(key)] if isinstance(at, list) else at[key]
print(json.dumps(at) if not isinstance(at, str) else at)' "$@"
}
