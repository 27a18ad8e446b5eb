/* Where a node of a JSON tree stands in its text.
 *
 * The tree keeps no positions.  But nodes in tree order (a container before what it holds) are values
 * in text order, so the n-th node is the n-th value. */
#include "base/json.h"

/* Counts nodes down to `node`; true when it was found. */
static bool count_to(const struct json *at, const struct json *node, size_t *count)
{
	if (at == node)
		return true;
	++*count;
	for (const struct json *child = json_first(at); child; child = json_next(child))
		if (count_to(child, node, count))
			return true;
	return false;
}

/* Moves behind the string that starts at `at`. */
static size_t skip_string(struct bytes text, size_t at)
{
	for (at++; at < text.size && text.data[at] != '"'; at++)
		at += text.data[at] == '\\';
	return at + 1;
}

/* True when the string that ends before `at` is a member's key. */
static bool is_key(struct bytes text, size_t at)
{
	while (at < text.size && (text.data[at] == ' ' || text.data[at] == '\t' || text.data[at] == '\n' ||
		text.data[at] == '\r'))
		at++;
	return at < text.size && text.data[at] == ':';
}

static bool is_between(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ':' || c == ']' || c == '}';
}

unsigned json_line(const struct json *root, const struct json *node, struct bytes text)
{
	size_t values = 0, at = 0;
	unsigned line = 1;
	if (!count_to(root, node, &values))
		return 1;
	while (at < text.size) {
		uint8_t c = text.data[at];
		if (c == '\n') {
			line++;
			at++;
			continue;
		}
		if (is_between(c)) {
			at++;
			continue;
		}
		size_t behind = at + 1;
		if (c == '"')
			behind = skip_string(text, at);
		else if (c != '{' && c != '[')
			while (behind < text.size && text.data[behind] != '\n' && !is_between(text.data[behind]))
				behind++;
		if ((c != '"' || !is_key(text, behind)) && values-- == 0)
			return line;
		at = behind;
	}
	return line;
}
