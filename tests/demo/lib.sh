# What the demo's parts share: naming nodes, running the program at one, saying what happens.
# Sourced by play.sh with BUILD (the build folder) and DEMO (the folder of the nodes) set.

DOSSIER=$BUILD/dossier
NODES="central terapel gilze vos audit"

# say: one line of the story, for people.
say() {
	printf '%s\n' "$*"
}

# at NODE COMMAND...: runs the program at a node, without asking anything.
at() {
	at_node=$1
	shift
	"$DOSSIER" --home "$DEMO/$at_node" --no-input "$@"
}

# as NODE OFFICER COMMAND...
as() {
	as_node=$1 as_officer=$2
	shift 2
	at "$as_node" --as "$as_officer" "$@"
}

# sync NODE...: each calls the centre.
sync_nodes() {
	for sync_node in "$@"; do
		[ "$sync_node" = central ] || at "$sync_node" --quiet sync central >/dev/null ||
			fail "$sync_node could not sync with central"
	done
}

fail() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# count PATTERN: lines of standard input that hold it.
count() {
	grep -c -- "$1" || true
}
