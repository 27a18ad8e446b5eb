/* Merging packs. */
#include "node/pack_merge.h"

#include "node/pack_read.h"

#include <stdlib.h>
#include <string.h>

/* A pack that may be merged. */
struct candidate {
	char name[64]; /* without suffix */
	uint64_t size;
	bool chosen;
	struct pack_reader reader; /* open while chosen */
};

struct candidates {
	struct candidate *list; /* by size, smallest first */
	size_t count;
	size_t packs; /* all packs in the folder, candidates or not */
};

/* One object of the new pack, and where it is now. */
struct source {
	struct git_id id;
	size_t pack, entry;
};

struct sources {
	struct source *list;
	size_t count;
};

/* The length of a pack's name without ".pack"; 0 for other files. */
static size_t pack_name_size(const char *file)
{
	size_t size = strlen(file);
	return size > 5 && strcmp(file + size - 5, ".pack") == 0 ? size - 5 : 0;
}

enum err pack_count(size_t *out, const char *folder, struct err_text *why)
{
	struct fs_names names;
	*out = 0;
	enum err e = fs_list(&names, folder, why);
	if (e)
		return e;
	for (size_t i = 0; i < names.count; i++)
		*out += pack_name_size(names.names[i]) != 0;
	fs_names_clear(&names);
	return ERR_OK;
}

static bool has_file(const char *folder, const char *name, const char *suffix)
{
	char path[FS_PATH_MAX];
	return !fs_path(path, "%s/%s.%s", folder, name, suffix) && fs_exists(path);
}

/* Further files beside a pack say that stock git has plans with it. */
static bool is_plain(const char *folder, const char *name)
{
	static const char *const further[] = { "keep", "promisor", "mtimes", "bitmap", "rev" };
	for (size_t i = 0; i < sizeof further / sizeof further[0]; i++)
		if (has_file(folder, name, further[i]))
			return false;
	return has_file(folder, name, "idx");
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = (x->size > y->size) - (x->size < y->size);
	return order ? order : strcmp(x->name, y->name);
}

static enum err add_candidate(struct candidates *c, const char *folder, const char *file, size_t name_size,
	struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct fs_info info;
	struct candidate *one = &c->list[c->count];
	if (name_size >= sizeof one->name)
		return ERR_OK;
	*one = (struct candidate){ .reader = { .in = { .fd = -1 } } };
	memcpy(one->name, file, name_size);
	if (!is_plain(folder, one->name))
		return ERR_OK;
	enum err e = fs_path(path, "%s/%s", folder, file);
	if (!e)
		e = fs_stat(&info, path, why);
	if (e)
		return e;
	one->size = info.size;
	c->count++;
	return ERR_OK;
}

static enum err find_candidates(struct candidates *c, const char *folder, struct err_text *why)
{
	struct fs_names names;
	*c = (struct candidates){ 0 };
	enum err e = fs_list(&names, folder, why);
	if (e)
		return e;
	c->list = calloc(names.count ? names.count : 1, sizeof *c->list);
	if (!c->list)
		e = err_set(why, ERR_MEMORY, "no memory to merge packs");
	for (size_t i = 0; !e && i < names.count; i++) {
		size_t name_size = pack_name_size(names.names[i]);
		if (!name_size)
			continue;
		c->packs++;
		e = add_candidate(c, folder, names.names[i], name_size, why);
	}
	fs_names_clear(&names);
	if (!e && c->count)
		qsort(c->list, c->count, sizeof *c->list, compare_candidates);
	return e;
}

static void drop_candidate(struct candidates *c, size_t i)
{
	pack_reader_close(&c->list[i].reader);
	memmove(&c->list[i], &c->list[i + 1], (c->count - i - 1) * sizeof *c->list);
	c->count--;
}

/* Chooses the smallest packs: enough of them, and on until the next one is twice as large as all
 * before it together. */
static size_t choose(struct candidates *c, size_t packs_max)
{
	size_t count = 0;
	uint64_t sum = 0;
	for (; count < c->count; count++) {
		uint64_t size = c->list[count].size;
		bool enough = count >= 2 && c->packs - count + 1 <= packs_max;
		if (size > PACK_OFFSET_MAX - sum || (enough && size / 2 >= sum))
			break;
		sum += size;
	}
	return count < 2 ? 0 : count;
}

/* Opens the first `count`; one that can't be copied is dropped from the candidates. */
static enum err open_chosen(size_t *count, struct candidates *c, const char *folder, struct err_text *why)
{
	for (size_t i = 0; i < *count;) {
		bool deltas = false;
		struct pack_reader *r = &c->list[i].reader;
		enum err e = r->entries ? ERR_OK : pack_reader_open(r, folder, c->list[i].name, why);
		if (!e)
			e = pack_reader_has_deltas(&deltas, r);
		if (e && e != ERR_FORMAT && e != ERR_IO)
			return e;
		if (e || deltas) {
			drop_candidate(c, i);
			--*count;
		} else {
			i++;
		}
	}
	return ERR_OK;
}

static int compare_ids(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	int order = git_id_compare(&x->id, &y->id);
	return order ? order : (x->pack > y->pack) - (x->pack < y->pack);
}

static int compare_places(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	int order = (x->pack > y->pack) - (x->pack < y->pack);
	return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

/* Each object once, in the order in which the packs hold them. */
static enum err find_sources(struct sources *s, const struct candidates *c, size_t count,
	struct err_text *why)
{
	size_t total = 0, kept = 0;
	for (size_t i = 0; i < count; i++)
		total += c->list[i].reader.count;
	s->count = 0;
	s->list = calloc(total ? total : 1, sizeof *s->list);
	if (!s->list)
		return err_set(why, ERR_MEMORY, "no memory to merge packs of %zu objects", total);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < c->list[i].reader.count; k++)
			s->list[s->count++] = (struct source){ c->list[i].reader.entries[k].id, i, k };
	qsort(s->list, s->count, sizeof *s->list, compare_ids);
	for (size_t i = 0; i < s->count; i++)
		if (kept == 0 || !git_id_equal(&s->list[kept - 1].id, &s->list[i].id))
			s->list[kept++] = s->list[i];
	s->count = kept;
	qsort(s->list, s->count, sizeof *s->list, compare_places);
	return ERR_OK;
}

/* Commits that were stored while somebody waited are deflated now. */
static enum err copy_entry(struct pack *p, const struct git_id *id, struct buf *raw, struct buf *text)
{
	bool is_stored = false;
	enum err e = pack_stored_commit(&is_stored, text, buf_bytes(raw));
	if (e)
		return e;
	return is_stored ? pack_add(p, STORE_COMMIT, id, buf_bytes(text), PACK_DEFLATED)
		: pack_add_raw(p, id, buf_bytes(raw));
}

/* Writes the new pack.  ERR_FORMAT: candidate *bad is damaged. */
static enum err copy_all(struct pack *p, size_t *bad, const struct sources *s, struct candidates *c,
	const char *folder, struct fs_stats *stats, struct err_text *why)
{
	struct buf raw, text;
	buf_init(&raw, STORE_OBJECT_MAX * 2u);
	buf_init(&text, STORE_OBJECT_MAX);
	enum err e = pack_begin(p, folder, s->count, stats, why);
	for (size_t i = 0; !e && i < s->count; i++) {
		*bad = s->list[i].pack;
		e = pack_reader_get(&raw, &c->list[*bad].reader, s->list[i].entry);
		if (!e)
			e = copy_entry(p, &s->list[i].id, &raw, &text);
		if (e)
			err_set(why, e, "cannot copy from %s: %s", c->list[*bad].name, err_name(e));
	}
	if (e)
		pack_abort(p);
	else
		e = pack_finish(p, why);
	buf_clear(&raw);
	buf_clear(&text);
	return e;
}

static void remove_file(const char *folder, const char *name, const char *suffix)
{
	char path[FS_PATH_MAX];
	if (fs_path(path, "%s/%s%s", folder, name, suffix))
		return;
	enum err e = fs_remove(path, NULL);
	(void)e; /* a double that stays costs room and nothing else */
}

/* The pack goes before its index, so that no content stays behind unseen after a crash.  An index over
 * several packs would name what is gone. */
static enum err remove_merged(const struct candidates *c, size_t count, const char *folder,
	const char *kept_name, struct fs_stats *stats, struct err_text *why)
{
	remove_file(folder, "multi-pack-index", "");
	for (size_t i = 0; i < count; i++) {
		if (strcmp(c->list[i].name + strlen("pack-"), kept_name) == 0)
			continue;
		remove_file(folder, c->list[i].name, ".pack");
		remove_file(folder, c->list[i].name, ".idx");
	}
	return fs_sync_dir(folder, stats, why);
}

/* ERR_FORMAT, and a candidate less, when one turned out to be damaged. */
static enum err merge_once(struct candidates *c, size_t packs_max, const char *folder,
	struct fs_stats *stats, struct err_text *why)
{
	struct sources s = { 0 };
	struct pack p;
	size_t bad = 0, count = choose(c, packs_max);
	enum err e = open_chosen(&count, c, folder, why);
	if (e || count < 2)
		return e;
	e = find_sources(&s, c, count, why);
	if (!e)
		e = copy_all(&p, &bad, &s, c, folder, stats, why);
	if (e == ERR_FORMAT)
		drop_candidate(c, bad);
	if (!e)
		e = remove_merged(c, count, folder, p.name, stats, why);
	free(s.list);
	return e;
}

enum err pack_merge(const char *folder, size_t packs_max, struct fs_stats *stats, struct err_text *why)
{
	struct candidates c;
	enum err e = find_candidates(&c, folder, why);
	if (!e && c.packs > packs_max)
		do
			e = merge_once(&c, packs_max, folder, stats, why);
		while (e == ERR_FORMAT);
	for (size_t i = 0; i < c.count; i++)
		pack_reader_close(&c.list[i].reader);
	free(c.list);
	return e;
}
