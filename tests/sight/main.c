/* A site without `interview` and `medical`: none of their ciphertext in what it was sent or in its store,
 * and a view that equals the others' in all that it can read.
 *
 *     sight [--seed N] [--cases N] [--rounds N] [--dir DIR [--only NAME,...]]
 *                              plays, checks, prints figures
 *     sight --find LIST FILE   how many of a list's blobs occur in a file
 *
 * --dir makes homes on disk, all or those named, and leaves there `forbidden` and `permitted`, lists of
 * ciphertexts, for --find: length (4 bytes, big endian) and bytes each. */
#include "tests/sight/sight.h"

#include "node/fs.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INTERVIEW = 11, MEDICAL = 7, PAYLOADS_MIN = 50, FILE_MAX = 1 << 30 };

struct run {
	struct sight sight;
	struct sight_blobs blobs;
	unsigned passed, failed;
	const char *dir, *only;
};

static void check(struct run *r, bool ok, const char *words)
{
	r->passed += ok;
	r->failed += !ok;
	if (!ok)
		printf("FAILED: %s\n", words);
}

/* ---- Ciphertexts */

enum kind { KIND_FORBIDDEN, KIND_PERMITTED, KIND_OWN };

static enum kind kind_of(const struct run *r, const struct sight_blob *b)
{
	if (b->own)
		return KIND_OWN;
	return sight_reads(&r->sight, r->sight.shelter, b->compartment) ? KIND_PERMITTED : KIND_FORBIDDEN;
}

/* The blobs of a kind. */
static struct bytes *select_blobs(struct run *r, enum kind kind, size_t *count)
{
	struct bytes *list = calloc(r->blobs.count + 1, sizeof *list);
	assert(list);
	*count = 0;
	for (uint32_t i = 0; i < r->blobs.count; i++)
		if (kind_of(r, &r->blobs.list[i]) == kind)
			list[(*count)++] = r->blobs.list[i].data;
	return list;
}

static void write_list(struct run *r, const char *name, const struct bytes *list, size_t count)
{
	char path[FS_PATH_MAX];
	struct buf b;
	buf_init(&b, FILE_MAX);
	for (size_t i = 0; i < count; i++) {
		uint8_t size[4] = { (uint8_t)(list[i].size >> 24), (uint8_t)(list[i].size >> 16),
			(uint8_t)(list[i].size >> 8), (uint8_t)list[i].size };
		buf_put(&b, size, sizeof size);
		buf_put_bytes(&b, list[i]);
	}
	bool ok = !buf_err(&b) && !fs_path(path, "%s/%s", r->dir, name) &&
		!fs_write_file(path, buf_bytes(&b), 0600, NULL, NULL);
	check(r, ok, "a list could not be written");
	buf_clear(&b);
}

/* What of a kind is in what the shelter was sent. */
static void search_told(struct run *r, enum kind kind, const char *name)
{
	size_t count;
	struct bytes *list = select_blobs(r, kind, &count);
	bool *found = calloc(count + 1, sizeof *found);
	assert(found);
	size_t n = sight_search(found, list, count, buf_bytes(&r->sight.told));
	printf("%s ciphertexts: %zu, of which %zu in what the shelter was sent\n", name, count, n);
	if (kind == KIND_FORBIDDEN)
		check(r, n == 0, "forbidden ciphertext was sent");
	else
		check(r, n == count && count > 0, "control: not all that it may have was found");
	if (r->dir)
		write_list(r, name, list, count);
	free(found);
	free(list);
}

/* Payloads of a compartment, and at how many sites that may read it they have arrived. */
static void count_payloads(struct run *r, uint32_t compartment, const char *name)
{
	struct sight *s = &r->sight;
	unsigned count = 0, missing = 0, readers = 0, strays = 0;
	for (size_t k = 0; k < s->fed.site_count; k++)
		readers += sight_reads(s, &s->fed.sites[k], compartment);
	for (uint32_t i = 0; i < r->blobs.count; i++) {
		const struct sight_blob *b = &r->blobs.list[i];
		if (b->compartment != compartment || b->letter != 'p')
			continue;
		count++;
		for (size_t k = 0; k < s->fed.site_count; k++) {
			bool may = sight_reads(s, &s->fed.sites[k], compartment) || &s->fed.sites[k] == s->centre;
			missing += may && !sight_holds(&s->fed.sites[k], b);
			strays += !may && sight_holds(&s->fed.sites[k], b);
		}
	}
	printf("%s payloads: %u, at each of %u sites that read them and at the custodian\n", name, count,
		readers);
	check(r, count >= PAYLOADS_MIN, "too few payloads");
	check(r, missing == 0, "payloads have not reached sites that may have them");
	check(r, strays == 0, "payloads are at sites that may not have them");
}

static void run_all(struct run *r, uint64_t seed, unsigned cases, unsigned rounds)
{
	struct sight *s = &r->sight;
	struct sight_figures figures;
	sight_open(s, seed, r->dir, r->only);
	check(r, sight_play(s, cases, rounds), "the sites did not become equal");
	printf("%zu cases, %llu edits, %llu sessions, %llu with the shelter: %zu bytes of plaintext to it\n",
		s->case_count, (unsigned long long)s->edits, (unsigned long long)s->sessions,
		(unsigned long long)s->told_sessions, s->told.size);
	sight_list_blobs(&r->blobs, s);
	count_payloads(r, INTERVIEW, "interview");
	count_payloads(r, MEDICAL, "medical");
	search_told(r, KIND_FORBIDDEN, "forbidden");
	search_told(r, KIND_PERMITTED, "permitted");
	sight_compare(&figures, s);
	printf("%llu fields equal at two sites that read them, %llu unknown at one that does not\n",
		(unsigned long long)figures.fields_equal, (unsigned long long)figures.fields_unknown);
	check(r, figures.faults == 0 && figures.fields_equal > 0 && figures.fields_unknown > 0, "views differ");
	sight_clear_blobs(&r->blobs);
	sight_close(s);
}

/* ---- Searching files */

static int find_in_file(const char *list_path, const char *path)
{
	struct buf list, file;
	struct err_text why = { "" };
	struct bytes *blobs = NULL;
	bool *found = NULL;
	size_t count = 0, room = 0;
	buf_init(&list, FILE_MAX);
	buf_init(&file, FILE_MAX);
	if (fs_read_file(&list, list_path, &why) || fs_read_file(&file, path, &why)) {
		fprintf(stderr, "sight: %s\n", why.text);
		return 2;
	}
	for (struct bytes rest = buf_bytes(&list); rest.size >= 4;) {
		size_t size = (size_t)rest.data[0] << 24 | (size_t)rest.data[1] << 16 | (size_t)rest.data[2] << 8 |
			rest.data[3];
		rest = bytes_after(rest, 4);
		assert(size <= rest.size);
		if (count == room) {
			room = room ? 2 * room : 256;
			blobs = realloc(blobs, room * sizeof *blobs);
			assert(blobs);
		}
		blobs[count++] = bytes_of(rest.data, size);
		rest = bytes_after(rest, size);
	}
	found = calloc(count + 1, sizeof *found);
	assert(found);
	printf("%zu of %zu\n", sight_search(found, blobs, count, buf_bytes(&file)), count);
	free(found);
	free(blobs);
	buf_clear(&list);
	buf_clear(&file);
	return 0;
}

int main(int argc, char **argv)
{
	static struct run r;
	uint64_t seed = 1;
	unsigned cases = 20, rounds = 40;
	if (argc == 4 && strcmp(argv[1], "--find") == 0)
		return find_in_file(argv[2], argv[3]);
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--cases") == 0)
			cases = (unsigned)strtoul(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--rounds") == 0)
			rounds = (unsigned)strtoul(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--dir") == 0)
			r.dir = argv[i + 1];
		else if (strcmp(argv[i], "--only") == 0)
			r.only = argv[i + 1];
	}
	run_all(&r, seed, cases, rounds);
	printf("%u passed, %u failed\n", r.passed, r.failed);
	return r.failed ? 1 : 0;
}
