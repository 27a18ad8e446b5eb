/* Refs: files below the git folder, or lines of packed-refs. */
#include "node/refs.h"

#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	HEX = 2 * sizeof(struct git_id),
	NODE_HEX = 2 * sizeof(struct node_id),
	INCARNATION_HEX = 2 * sizeof(struct incarnation_id),
	LOCK_POLL_MS = 20,
	LOCK_POLLS = 100, /* two seconds */
	LOCK_TRIES = 5
};

void refs_journal_name(char out[REFS_NAME_MAX], const struct node_id *node,
	const struct incarnation_id *incarnation)
{
	char node_hex[NODE_HEX + 1], incarnation_hex[INCARNATION_HEX + 1];
	hex_encode(node_hex, bytes_of(node->b, sizeof node->b));
	hex_encode(incarnation_hex, bytes_of(incarnation->b, sizeof incarnation->b));
	snprintf(out, REFS_NAME_MAX, REFS_JOURNALS "/%s/%s", node_hex, incarnation_hex);
}

/* ---- Reading */

/* The file that a ref is when it is not packed. */
static enum err read_loose(struct git_id *out, const char *git_dir, const char *name,
	struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct buf text;
	buf_init(&text, 1024);
	enum err e = fs_path(path, "%s/%s", git_dir, name);
	if (!e)
		e = fs_read_file(&text, path, why);
	if (!e && (text.size != HEX + 1 || text.data[HEX] != '\n'
		|| hex_decode(out->b, sizeof out->b, bytes_of(text.data, HEX))))
		e = err_set(why, ERR_IO, "the ref %s holds no id; restore it from a backup", path);
	buf_clear(&text);
	return e;
}

/* Takes the next line "HEX NAME" of packed-refs; comments and peeled tags are passed over. */
static bool next_packed(struct git_id *id, struct bytes *name, struct bytes text, size_t *at)
{
	while (*at < text.size) {
		const uint8_t *line = text.data + *at;
		const uint8_t *end = memchr(line, '\n', text.size - *at);
		size_t size = end ? (size_t)(end - line) : text.size - *at;
		*at += end ? size + 1 : size;
		if (size > HEX + 1 && line[HEX] == ' '
			&& !hex_decode(id->b, sizeof id->b, bytes_of(line, HEX))) {
			*name = bytes_of(line + HEX + 1, size - HEX - 1);
			return true;
		}
	}
	return false;
}

/* No file: no packed refs, and an empty text. */
static enum err read_packed(struct buf *text, const char *git_dir, struct err_text *why)
{
	char path[FS_PATH_MAX];
	buf_init(text, REFS_PACKED_MAX);
	enum err e = fs_path(path, "%s/packed-refs", git_dir);
	if (!e)
		e = fs_read_file(text, path, why);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err find_packed(struct git_id *out, const char *git_dir, const char *name,
	struct err_text *why)
{
	struct buf text;
	struct git_id id;
	struct bytes packed_name;
	size_t at = 0;
	enum err e = read_packed(&text, git_dir, why);
	bool found = false;
	while (!e && !found && next_packed(&id, &packed_name, buf_bytes(&text), &at))
		found = bytes_equal(packed_name, bytes_text(name));
	buf_clear(&text);
	if (found)
		*out = id;
	return e || found ? e : err_set(why, ERR_NOT_FOUND, "no ref %s in %s", name, git_dir);
}

enum err refs_read(struct git_id *out, const char *git_dir, const char *name, struct err_text *why)
{
	*out = (struct git_id){ 0 };
	enum err e = read_loose(out, git_dir, name, why);
	if (e == ERR_NOT_FOUND)
		e = find_packed(out, git_dir, name, why);
	/* A first value may have been written between the two looks. */
	if (e == ERR_NOT_FOUND)
		e = read_loose(out, git_dir, name, why);
	return e;
}

/* ---- The journals of others */

struct found_journal {
	struct store_journal journal;
	size_t order; /* in which it was found: a loose value comes before the packed one, and rules */
};

struct journals {
	struct found_journal *list;
	size_t count, room;
};

static enum err add_journal(struct journals *j, struct bytes name, const struct git_id *head)
{
	struct store_journal one = { .head = *head };
	size_t prefix = strlen(REFS_JOURNALS "/");
	if (name.size != prefix + NODE_HEX + 1 + INCARNATION_HEX
		|| memcmp(name.data, REFS_JOURNALS "/", prefix) != 0
		|| name.data[prefix + NODE_HEX] != '/'
		|| hex_decode(one.node.b, sizeof one.node.b, bytes_of(name.data + prefix, NODE_HEX))
		|| hex_decode(one.incarnation.b, sizeof one.incarnation.b,
			bytes_of(name.data + prefix + NODE_HEX + 1, INCARNATION_HEX)))
		return ERR_OK;
	if (j->count == j->room) {
		size_t room = j->room ? j->room * 2 : 16;
		struct found_journal *list = realloc(j->list, room * sizeof *list);
		if (!list)
			return ERR_MEMORY;
		j->list = list;
		j->room = room;
	}
	j->list[j->count] = (struct found_journal){ one, j->count };
	j->count++;
	return ERR_OK;
}

/* The refs that are files: NODE/INCARNATION below refs/journals. */
static enum err add_loose(struct journals *j, const char *git_dir, const char *node, struct err_text *why)
{
	char path[FS_PATH_MAX], name[FS_PATH_MAX];
	struct fs_names names;
	struct git_id head;
	enum err e = fs_path(path, "%s/" REFS_JOURNALS "/%s", git_dir, node);
	if (!e)
		e = fs_list(&names, path, why);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e; /* a file, or packed away just now */
	for (size_t i = 0; !e && i < names.count; i++) {
		if (strlen(names.names[i]) != INCARNATION_HEX)
			continue;
		e = fs_path(name, REFS_JOURNALS "/%s/%s", node, names.names[i]);
		if (!e)
			e = refs_read(&head, git_dir, name, why);
		if (!e)
			e = add_journal(j, bytes_text(name), &head);
	}
	fs_names_clear(&names);
	return e;
}

static int compare_journals(const void *a, const void *b)
{
	const struct found_journal *x = a, *y = b;
	int order = node_id_compare(&x->journal.node, &y->journal.node);
	if (!order)
		order = incarnation_id_compare(&x->journal.incarnation, &y->journal.incarnation);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Sorts, and hands out the first of each. */
static enum err settle(struct store_journal **out, size_t *count, struct journals *j)
{
	if (j->count == 0)
		return ERR_OK;
	qsort(j->list, j->count, sizeof *j->list, compare_journals);
	struct store_journal *list = calloc(j->count, sizeof *list);
	if (!list)
		return ERR_MEMORY;
	for (size_t i = 0; i < j->count; i++) {
		const struct store_journal *one = &j->list[i].journal, *last = *count ? &list[*count - 1] : NULL;
		if (!last || !node_id_equal(&last->node, &one->node)
			|| !incarnation_id_equal(&last->incarnation, &one->incarnation))
			list[(*count)++] = *one;
	}
	*out = list;
	return ERR_OK;
}

enum err refs_journals(struct store_journal **out, size_t *count, const char *git_dir,
	struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct journals j = { 0 };
	struct fs_names nodes = { 0 };
	struct buf text;
	struct git_id head;
	struct bytes name;
	size_t at = 0;
	*out = NULL;
	*count = 0;
	buf_init(&text, 0);
	enum err e = fs_path(path, "%s/" REFS_JOURNALS, git_dir);
	if (!e)
		e = fs_list(&nodes, path, why);
	if (e == ERR_NOT_FOUND)
		e = ERR_OK;
	for (size_t i = 0; !e && i < nodes.count; i++)
		e = add_loose(&j, git_dir, nodes.names[i], why);
	if (!e)
		e = read_packed(&text, git_dir, why);
	while (!e && next_packed(&head, &name, buf_bytes(&text), &at))
		e = add_journal(&j, name, &head);
	fs_names_clear(&nodes);
	buf_clear(&text);
	if (!e)
		e = settle(out, count, &j);
	free(j.list);
	return e;
}

/* ---- Moving */

static void sleep_ms(long ms)
{
	struct timespec pause = { .tv_nsec = ms * 1000000 };
	(void)nanosleep(&pause, NULL);
}

/* Whether a lock file holds a new value: then it is ours, from a process that was killed.  Stock git
 * locks these refs when it packs them, and leaves the file empty. */
static bool is_own_lock(const char *path)
{
	struct fs_info info;
	return !fs_stat(&info, path, NULL) && info.size == HEX + 1;
}

/* Removes a lock file of ours at once, and another one if it stays: stock git needs it for a moment,
 * in which it must not be taken away.  The caller holds the home's lock, so nobody of ours is at work. */
static void break_lock(const char *path)
{
	for (int i = 0; i < LOCK_POLLS && fs_exists(path) && !is_own_lock(path); i++)
		sleep_ms(LOCK_POLL_MS);
	/* Gone in the end is as good as removed. */
	enum err e = fs_remove(path, NULL);
	(void)e;
}

/* The folder of a foreign journal; stock git removes it when it packs the refs. */
static enum err make_folder(const char *git_dir, const char *name, struct fs_stats *stats,
	struct err_text *why)
{
	char path[FS_PATH_MAX];
	int size = (int)(strrchr(name, '/') - name);
	enum err e = fs_path(path, "%s/%.*s", git_dir, size, name);
	return e ? e : fs_make_dir(path, stats, why);
}

static enum err make_lock(struct fs_out *out, const char *git_dir, const char *name, const char *path,
	struct fs_stats *stats, struct err_text *why)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		enum err e = fs_out_open(out, path, 0600, stats, why);
		if (e != ERR_EXISTS && e != ERR_NOT_FOUND)
			return e;
		if (e == ERR_EXISTS)
			break_lock(path);
		else if ((e = make_folder(git_dir, name, stats, why)))
			return e;
	}
	return err_set(why, ERR_BUSY, "cannot lock %s: another program keeps making or removing it", path);
}

static enum err compare_old(const struct refs_move *m, const char *git_dir, struct err_text *why)
{
	struct git_id now;
	enum err e = refs_read(&now, git_dir, m->name, why);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if ((e == ERR_OK) != m->has_old || (m->has_old && !git_id_equal(&now, &m->old)))
		return err_set(why, ERR_CONFLICT, "%s was moved by another process; read again and retry",
			m->name);
	return ERR_OK;
}

enum err refs_lock(struct refs_move *m, const char *git_dir, struct fs_stats *stats, struct err_text *why)
{
	char path[FS_PATH_MAX], line[HEX + 2];
	struct fs_out out;
	m->locked = false;
	if (fs_path(path, "%s/%s.lock", git_dir, m->name))
		return err_set(why, ERR_LIMIT, "the path is too long: %s", git_dir);
	enum err e = make_lock(&out, git_dir, m->name, path, stats, why);
	if (e)
		return e;
	m->locked = true;
	hex_encode(line, bytes_of(m->head.b, sizeof m->head.b));
	line[HEX] = '\n';
	e = compare_old(m, git_dir, why);
	if (e) {
		fs_out_abort(&out);
	} else {
		fs_out_put(&out, line, HEX + 1);
		e = fs_out_finish(&out, path, why);
	}
	if (e)
		refs_unlock(m, git_dir);
	return e;
}

enum err refs_commit(struct refs_move *m, const char *git_dir, struct fs_stats *stats,
	struct err_text *why)
{
	char path[FS_PATH_MAX], lock[FS_PATH_MAX];
	assert(m->locked);
	enum err e = fs_path(path, "%s/%s", git_dir, m->name);
	if (!e)
		e = fs_path(lock, "%s.lock", path);
	if (!e)
		e = fs_rename(lock, path, why);
	if (e)
		return e;
	m->locked = false;
	*strrchr(path, '/') = '\0';
	return fs_sync_dir(path, stats, why);
}

void refs_unlock(struct refs_move *m, const char *git_dir)
{
	char path[FS_PATH_MAX];
	if (!m->locked || fs_path(path, "%s/%s.lock", git_dir, m->name))
		return;
	enum err e = fs_remove(path, NULL);
	(void)e; /* what stays is removed by the next writer */
	m->locked = false;
}

/* ---- After a crash */

static void clean_folder(const char *folder, int depth)
{
	char path[FS_PATH_MAX];
	struct fs_names names;
	if (fs_list(&names, folder, NULL))
		return;
	for (size_t i = 0; i < names.count; i++) {
		size_t size = strlen(names.names[i]);
		if (fs_path(path, "%s/%s", folder, names.names[i]))
			continue;
		if (size > 5 && strcmp(names.names[i] + size - 5, ".lock") == 0)
			break_lock(path);
		else if (depth)
			clean_folder(path, depth - 1);
	}
	fs_names_clear(&names);
}

void refs_clean(const char *git_dir)
{
	char path[FS_PATH_MAX];
	if (!fs_path(path, "%s/refs/heads", git_dir))
		clean_folder(path, 0);
	if (!fs_path(path, "%s/" REFS_JOURNALS, git_dir))
		clean_folder(path, 1);
}
