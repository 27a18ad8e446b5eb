/* Are two nodes' pictures of a case the same, as far as both can read?  Reads two files of
 * `dossier show CASE --json` and compares them field by field; what one of them can't read ("unknown") is
 * counted apart.
 *
 *	same A B        prints "N equal, N unreadable"; exit 1 and the fields' names when any differ */
#include "base/json.h"
#include "node/fs.h"

#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 16 * 1024 * 1024 };

static struct json *read_picture(const char *path)
{
	struct buf text;
	struct json *root = NULL;
	struct err_text why = { "" };
	buf_init(&text, FILE_MAX);
	if (fs_read_file(&text, path, &why) || json_parse(&root, buf_bytes(&text), &why))
		fprintf(stderr, "%s: %s\n", path, why.text);
	buf_clear(&text);
	return root;
}

static bool is_unknown(const struct json *field)
{
	return strcmp(json_text(json_get(field, "status")), "unknown") == 0;
}

/* A compartment that the officer may not read ("withheld") is left out of his picture.  But for core, a
 * field's path begins with its compartment's name. */
static bool is_withheld(const struct json *picture, const char *path)
{
	const struct json *list = json_get(picture, "withheld");
	for (const struct json *c = list ? json_first(list) : NULL; c; c = json_next(c)) {
		size_t size = strlen(json_text(c));
		if (strncmp(path, json_text(c), size) == 0 && path[size] == '.')
			return true;
	}
	return false;
}

static bool is_equal(const struct json *a, const struct json *b)
{
	struct buf x, y;
	struct json_out o;
	buf_init(&x, FILE_MAX);
	buf_init(&y, FILE_MAX);
	json_out_init(&o, &x);
	json_put_node(&o, a);
	json_out_init(&o, &y);
	json_put_node(&o, b);
	bool equal = bytes_equal(buf_bytes(&x), buf_bytes(&y));
	buf_clear(&x);
	buf_clear(&y);
	return equal;
}

int main(int argc, char **argv)
{
	unsigned equal = 0, unreadable = 0, different = 0;
	struct json *a = argc == 3 ? read_picture(argv[1]) : NULL;
	struct json *b = argc == 3 ? read_picture(argv[2]) : NULL;
	const struct json *fields_a = json_get(a, "fields"), *fields_b = json_get(b, "fields");
	if (!fields_a || !fields_b) {
		fputs("usage: same A B (files of dossier show --json)\n", stderr);
		return 2;
	}
	/* Both ways, so that a field that only one has is seen; what both have is counted once. */
	for (const struct json *f = json_first(fields_a); f; f = json_next(f)) {
		const struct json *other = json_get(fields_b, json_key(f));
		if (is_unknown(f) || (other ? is_unknown(other) : is_withheld(b, json_key(f)))) {
			unreadable++;
		} else if (other && is_equal(f, other)) {
			equal++;
		} else {
			different++;
			printf("%s differs\n", json_key(f));
		}
	}
	for (const struct json *f = json_first(fields_b); f; f = json_next(f)) {
		if (json_get(fields_a, json_key(f)))
			continue;
		bool readable = !is_unknown(f) && !is_withheld(a, json_key(f));
		different += readable;
		unreadable += !readable;
		if (readable)
			printf("%s differs\n", json_key(f));
	}
	printf("%u equal, %u unreadable\n", equal, unreadable);
	json_free(a);
	json_free(b);
	return different ? 1 : 0;
}
