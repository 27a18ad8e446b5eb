# Reads source and text files and prints what breaks the house rules, as `path:line: check: words`.
# One pass, line by line; run by check.sh with file names relative to the root of the tree.
#
# The names of the checks are those that controls.sh plants violations for.

BEGIN {
	floors["base"] = "base"
	floors["schema"] = "schema base"
	floors["sync"] = "sync base"
	floors["node"] = "node schema sync base"
	floors["cli"] = "cli node schema sync base"
	floors["tests"] = "tests cli node schema sync base"
	pure["base"] = pure["schema"] = pure["sync"] = 1

	# Third-party headers, and the files through which each comes in.
	door["git2.h"] = "^node/(store_git|store_hash|pack)[a-z_]*\\.c$"
	door["sqlite3.h"] = "^node/(index[a-z_]*\\.c|index_own\\.h)$"
	door["uv.h"] = "^node/(net[a-z_]*\\.c|net_own\\.h)$"
	door["zlib.h"] = "^node/(store_git|pack)[a-z_]*\\.c$"
	door["microhttpd.h"] = "^node/web/[a-z_]*\\.c$"
	door["cbor.h"] = "^base/cbor_ref\\.c$"
	door["cjson/cJSON.h"] = door["cJSON.h"] = "^base/json[a-z_]*\\.c$"
	door["sodium.h"] = "^base/[a-z_0-9]*\\.c$"
	door["cmocka.h"] = "^tests/"

	# Calls that have a safer form, or reach around the design.
	split("gets strcpy strcat sprintf vsprintf strtok atoi atol atof alloca system popen tmpnam", list)
	for (i in list)
		banned[list[i]] = 1
	split("time clock gettimeofday clock_gettime localtime gmtime rand random srand getenv setlocale " \
		"fopen open read write close printf fprintf vprintf vfprintf puts putchar perror " \
		"randombytes_buf randombytes_random getrandom usleep nanosleep", list2, " ")
	for (i in list2)
		impure[list2[i]] = 1
	split("printf fprintf vprintf vfprintf puts fputs putchar fputc fwrite perror dprintf", list3)
	for (i in list3)
		printing[list3[i]] = 1
	printer["cli/print.c"] = printer["node/log.c"] = 1

	# Side effects above the pure floors, and the rooms that have them.
	keep("time clock_gettime gettimeofday getrandom getentropy", "^node/ports\\.c$")
	keep("getenv", "^cli/(cli|print)\\.c$")
	keep("open fopen creat rename fsync fdatasync mkdir opendir", "^(node/(fs[a-z_]*|flock)|cli/prompt)\\.c$")

	# Written in halves, so that this file passes its own checks.
	unfinished = "(TO" "DO|FIX" "ME|X" "XX|HA" "CK|not imple" "mented|st" "ub)"
	unfinished = "(^|[^A-Za-z0-9_])" unfinished "([^A-Za-z0-9_]|$)"
	workplace = "(^|[^A-Za-z0-9_.])/wo" "rk/|/ro" "ot/|/ho" "me/[a-z]|\\.\\./sha" "red/"
}

function keep(calls, rooms, list, n, i) {
	n = split(calls, list, " ")
	for (i = 1; i <= n; i++)
		room[list[i]] = rooms
}

function say(check, words) {
	printf "%s:%d: %s: %s\n", FILENAME, FNR, check, words
}

function end_file() {
	if (path == "")
		return
	if (is_c && path !~ /_data\.[ch]$/) {
		if (lines > 500)
			printf "%s:%d: file-size: %d lines, at most 500: two rooms\n", path, lines, lines
		if (path ~ /\.h$/ && lines > 150)
			printf "%s:%d: header-size: %d lines, at most 150\n", path, lines, lines
	}
	if (path ~ /\.h$/ && !guarded)
		printf "%s:1: guard: wants #ifndef %s\n", path, guard
}

FNR == 1 {
	end_file()
	path = FILENAME
	is_c = path ~ /\.[ch]$/
	floor = path
	sub(/\/.*/, "", floor)
	guard = toupper(path)
	gsub(/[^A-Z0-9]/, "_", guard)
	guarded = in_comment = function_from = 0
	if (is_c && $0 !~ /^\/\*/)
		say("first-comment", "a file says its job in a comment on its first line")
}

{
	lines = FNR
	check_text($0)
}

is_c {
	if ($1 == "#ifndef" && $2 == guard)
		guarded = 1
	code = without_comments($0)
	check_function_size(code)
	if (code ~ /^[ \t]*#[ \t]*if[ \t]+0/)
		say("dead-code", "code that is switched off is taken out")
	if (code ~ /^[ \t]*#[ \t]*include/)
		check_include($0)
	else
		check_calls(code)
}

END { end_file() }

function check_text(line, wide) {
	if (line ~ /[ \t\r]$/)
		say("trailing-blank", "blanks at the end of the line")
	if (line ~ unfinished && path !~ /^LICENSE$/)
		say("unfinished", "finish it, or leave it out")
	# Published vectors may lie beside the repository; a unit test reads them there when they do.
	if (line ~ workplace && !(path ~ /^tests\/unit\// && line ~ /"\.\.\/shared\/vectors"/))
		say("workplace", "a path of somebody's machine")
	if (path !~ /\.(c|h|def|sh|awk|mk)$/ && path !~ /(^|\/)Makefile$/)
		return
	wide = line
	gsub(/[\200-\277]/, "", wide)
	gsub(/\t/, "    ", wide)
	if (length(wide) > 110 && path !~ /_data\.[ch]$/)
		say("line-length", length(wide) " columns (a tab is 4), at most 110")
}

# The line without comments, and with every string and character literal emptied.  Remembers in
# in_comment whether the next line begins inside a comment.
function without_comments(line, out, at) {
	out = ""
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (!at)
				return out
			line = substr(line, at + 2)
			in_comment = 0
			out = out " "
		} else if (match(line, /^"([^"\\]|\\.)*"/)) {
			out = out "\"\""
			line = substr(line, RLENGTH + 1)
		} else if (match(line, /^'([^'\\]|\\.)*'/)) {
			out = out "' '"
			line = substr(line, RLENGTH + 1)
		} else if (substr(line, 1, 2) == "/*") {
			line = substr(line, 3)
			in_comment = 1
		} else if (substr(line, 1, 2) == "//") {
			say("line-comment", "comments stand between /* and */")
			return out
		} else if (match(line, /^[^"'\/]+/)) {
			out = out substr(line, 1, RLENGTH)
			line = substr(line, RLENGTH + 1)
		} else {
			out = out substr(line, 1, 1)
			line = substr(line, 2)
		}
	}
	return out
}

# A function is what stands between a line `{` and the next line `}`.
function check_function_size(code) {
	if (code ~ /^\{/)
		function_from = FNR
	else if (code ~ /^\}/ && function_from) {
		if (FNR - function_from - 1 > 60)
			say("function-size", FNR - function_from - 1 " lines, at most 60")
		function_from = 0
	}
}

function check_include(line, name, allowed, part, n, i) {
	name = line
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
	if (name ~ /^</) {
		sub(/^</, "", name)
		sub(/>.*/, "", name)
		if (name in door && floor != "tests" && path !~ door[name])
			say("doorway", "<" name "> comes in elsewhere, not here")
		return
	}
	sub(/^"/, "", name)
	sub(/".*/, "", name)
	if (name ~ /\.\.\//)
		say("climbing-include", "include \"" name "\" climbs out of its floor")
	if (!(floor in floors))
		return
	n = split(floors[floor], part, " ")
	for (i = 1; i <= n; i++)
		if (index(name, part[i] "/") == 1)
			return
	say("floor", "\"" name "\" is not on a floor that " floor "/ stands on")
}

function check_calls(code, rest, name, member) {
	rest = code
	while (match(rest, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
		name = substr(rest, RSTART, RLENGTH)
		sub(/[ \t]*\($/, "", name)
		# A member such as x->open(...) is somebody's own function.
		member = RSTART > 1 && substr(rest, RSTART - 1, 1) ~ /[.>]/
		rest = substr(rest, RSTART + RLENGTH)
		if (member)
			continue
		# Tests may call stock programs, their referees, through a shell.
		if (name in banned && !(floor == "tests" && name ~ /^(popen|system)$/))
			say("banned-call", name "() is not used here; there is a bounded form")
		else if (floor in pure && name in impure)
			say("impure-call", name "() reaches outside from a pure floor")
		else if ((floor == "cli" || floor == "node") && name in room && path !~ room[name])
			say("side-effect", name "() is called in another room, " room[name])
		else if ((floor == "cli" || floor == "node") && name in printing && !(path in printer))
			say("printing", name "(): only cli/print.c and node/log.c print")
	}
}
