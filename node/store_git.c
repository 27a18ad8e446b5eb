/* A store in git: opening and reading.
 *
 * Objects are read through libgit2's object database alone; its repository handle would read the
 * user's git configuration and refuse homes of other owners, and refs are ours (node/refs). */
#include "node/store_git.h"

#include "base/text.h"
#include "node/flock.h"
#include "node/pack_merge.h"
#include "node/refs.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>

static struct git_store *git_of(struct store *s)
{
	return (struct git_store *)s;
}

static const char *git_words(void)
{
	const git_error *error = git_error_last();
	return error && error->message ? error->message : "unknown reason";
}

/* The id as text, for words. */
static const char *id_text(char out[2 * sizeof(struct git_id) + 1], const struct git_id *id)
{
	hex_encode(out, bytes_of(id->b, sizeof id->b));
	return out;
}

static git_oid oid_of(const struct git_id *id)
{
	git_oid oid;
	memcpy(oid.id, id->b, sizeof oid.id);
	return oid;
}

static enum err open_objects(struct git_odb **out, const struct git_store *g, struct err_text *why)
{
	char path[FS_PATH_MAX];
	enum err e = fs_path(path, "%s/objects", g->dir);
	if (!e && git_odb_open(out, path) != 0)
		e = err_set(why, ERR_IO, "cannot open %.160s: %.120s", path, git_words());
	return e;
}

/* After a write the new pack must be seen at once, also by calls that do not look again on a miss. */
static void refresh(struct git_store *g)
{
	struct git_odb *odb = NULL;
	if (g->look == LOOK_ANEW && !open_objects(&odb, g, NULL)) {
		git_odb_free(g->odb);
		g->odb = odb;
		g->look = LOOK_FRESH;
	}
	if (g->look != LOOK_FRESH && git_odb_refresh(g->odb) == 0)
		g->look = LOOK_FRESH;
}

static enum err read_error(int failed, const struct git_id *id, struct err_text *why)
{
	char hex[2 * sizeof id->b + 1];
	if (failed == GIT_ENOTFOUND)
		return err_set(why, ERR_NOT_FOUND, "object %s is not in the store", id_text(hex, id));
	return err_set(why, ERR_IO, "object %s is damaged (%.120s); run `dossier scrub`", id_text(hex, id),
		git_words());
}

static enum err git_read(struct buf *out, struct store *s, enum store_kind kind, const struct git_id *id,
	size_t size_max, struct err_text *why)
{
	static const git_object_t types[] = {
		[STORE_COMMIT] = GIT_OBJECT_COMMIT,
		[STORE_TREE] = GIT_OBJECT_TREE,
		[STORE_BLOB] = GIT_OBJECT_BLOB,
	};
	struct git_store *g = git_of(s);
	char hex[2 * sizeof id->b + 1];
	git_oid oid = oid_of(id);
	git_object_t type;
	size_t size = 0;
	refresh(g);
	int failed = git_odb_read_header(&size, &type, g->odb, &oid);
	if (failed)
		return read_error(failed, id, why);
	if (type != types[kind])
		return err_set(why, ERR_FORMAT, "object %s is of another kind", id_text(hex, id));
	if (size > size_max)
		return err_set(why, ERR_LIMIT, "object %s has %zu bytes, at most %zu are taken",
			id_text(hex, id), size, size_max);
	git_odb_object *object = NULL;
	failed = git_odb_read(&object, g->odb, &oid);
	if (failed)
		return read_error(failed, id, why);
	buf_put(out, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return buf_err(out);
}

static bool git_has(struct store *s, const struct git_id *id)
{
	struct git_store *g = git_of(s);
	git_oid oid = oid_of(id);
	refresh(g);
	return git_odb_exists(g->odb, &oid) == 1;
}

static enum err read_head(bool *has, struct git_id *out, struct git_store *g, const char *name,
	struct err_text *why)
{
	enum err e = refs_read(out, g->dir, name, why);
	*has = e == ERR_OK;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err git_heads(struct store_heads *out, struct store *s, struct err_text *why)
{
	struct git_store *g = git_of(s);
	*out = (struct store_heads){ 0 };
	enum err e = read_head(&out->has_store, &out->store, g, REFS_STORE, why);
	if (!e)
		e = read_head(&out->has_journal, &out->journal, g, REFS_JOURNAL, why);
	if (!e && (!git_id_equal(&out->store, &g->seen.store)
		|| !git_id_equal(&out->journal, &g->seen.journal))) {
		/* Another process wrote, and may have merged packs. */
		g->seen = *out;
		g->look = LOOK_ANEW;
	}
	return e;
}

static enum err git_journals(struct store_journal **out, size_t *count, struct store *s,
	struct err_text *why)
{
	return refs_journals(out, count, git_of(s)->dir, why);
}

static enum err git_journal_find(struct git_id *head, struct store *s, const struct node_id *node,
	const struct incarnation_id *incarnation, struct err_text *why)
{
	char name[REFS_NAME_MAX];
	refs_journal_name(name, node, incarnation);
	return refs_read(head, git_of(s)->dir, name, why);
}

static void git_stats(struct store_stats *out, const struct store *s)
{
	const struct git_store *g = (const struct git_store *)s;
	*out = (struct store_stats){ g->stats.flushes, g->stats.bytes_written, g->pack_count };
}

static void git_close(struct store *s)
{
	struct git_store *g = git_of(s);
	git_odb_free(g->odb);
	free(g);
	store_ids_release();
}

static const struct store_body git_body = {
	.heads = git_heads,
	.read = git_read,
	.has = git_has,
	.journals = git_journals,
	.journal_find = git_journal_find,
	.apply = store_git_apply,
	.merge = store_git_merge,
	.stats = git_stats,
	.close = git_close,
};

/* False for a new home, for a store that was half made, and for a bare clone that was restored: stock
 * git makes no folder for journals, and knows none of the settings. */
static bool is_complete(const struct git_store *g)
{
	char path[FS_PATH_MAX];
	return !fs_path(path, "%s/" REFS_JOURNALS, g->dir) && fs_exists(path)
		&& !fs_path(path, "%s/HEAD", g->dir) && fs_exists(path);
}

/* Makes what is missing, or removes what a killed process left when nobody else is writing. */
static enum err prepare(struct git_store *g, const char *home, struct err_text *why)
{
	struct home_lock lock;
	if (fs_path(g->dir, "%s/store.git", home) || fs_path(g->packs, "%s/objects/pack", g->dir))
		return err_set(why, ERR_LIMIT, "the path is too long: %.200s", home);
	bool complete = is_complete(g);
	enum err e = flock_take(&lock, home, complete ? 0 : FLOCK_WAIT_MS, "opening the store", why);
	if (e)
		return e == ERR_BUSY && complete ? ERR_OK : e;
	if (!is_complete(g))
		e = store_git_init(home, &g->stats, why);
	fs_remove_stale(home);
	fs_remove_stale(g->packs);
	refs_clean(g->dir);
	flock_release(&lock);
	return e;
}

enum err store_git_open(struct store **out, const char *home, struct err_text *why)
{
	*out = NULL;
	struct git_store *g = calloc(1, sizeof *g);
	if (!g)
		return err_set(why, ERR_MEMORY, "no memory to open the store");
	g->store.body = &git_body;
	store_ids_hold();
	enum err e = prepare(g, home, why);
	if (!e)
		e = open_objects(&g->odb, g, why);
	if (!e)
		e = pack_count(&g->pack_count, g->packs, why);
	if (e)
		store_close(&g->store);
	else
		*out = &g->store;
	return e;
}
