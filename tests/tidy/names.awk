# Reads Markdown files and prints the names in them that lead nowhere: a file or folder of the project
# that does not exist, a link to no file, a make target that is none.  In C files it looks at the documents
# that comments name.  Run from the root of the tree.

BEGIN {
	while ((getline line < "Makefile") > 0)
		take_targets(line)
	while ((getline line < "build.mk") > 0)
		take_targets(line)
	while ((getline line < "tests/tests.mk") > 0)
		take_targets(line)
}

function take_targets(line, word, n, i) {
	if (line !~ /^[a-z]/ || line !~ /:/)
		return
	sub(/:.*/, "", line)
	n = split(line, word, " ")
	for (i = 1; i <= n; i++)
		target[word[i]] = 1
}

function say(name) {
	printf "%s:%d: dead-name: %s\n", FILENAME, FNR, name
}

function check_target(name) {
	if (!(name in target) && name !~ /^accept-1-[0-9N]+$/)
		say("make " name)
}

function exists(path) {
	if (!(path in known))
		known[path] = system("test -e '" path "'") == 0
	return known[path]
}

# A room may be named without its ending: `base/buf` is buf.c and buf.h.
function is_there(path) {
	return exists(path) || exists(path ".c") || exists(path ".h")
}

FILENAME ~ /\.[ch]$/ {
	rest = $0
	while (match(rest, /docs\/[A-Za-z0-9_-]+\.md/)) {
		word = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		if (!exists(word))
			say(word)
	}
	next
}

# A command line of its own, as in a fenced block.
/^make [a-z][a-z0-9-]*( |$)/ {
	check_target($2)
}

{
	rest = $0
	while (match(rest, /`[^`]+`/)) {
		word = substr(rest, RSTART + 1, RLENGTH - 2)
		rest = substr(rest, RSTART + RLENGTH)
		if (word ~ /^make [a-z][a-z0-9-]*$/)
			check_target(substr(word, 6))
		else if (word ~ /^(base|schema|sync|node|cli|tests|docs)\/[A-Za-z0-9_.\/-]*$/ && !is_there(word))
			say(word)
		else if (word ~ /^[A-Za-z0-9_-]+\.(md|mk)$/ && !exists(word) && !exists("docs/" word))
			say(word)
	}
	rest = $0
	while (match(rest, /\]\([^)#:]+(#[^)]*)?\)/)) {
		word = substr(rest, RSTART + 2, RLENGTH - 3)
		rest = substr(rest, RSTART + RLENGTH)
		sub(/#.*/, "", word)
		folder = FILENAME
		if (!sub(/\/[^\/]*$/, "/", folder))
			folder = ""
		if (!exists(folder word))
			say("link to " word)
	}
}
