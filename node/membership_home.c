/* A home in the making: its folder, its keys, and its way to where it belongs. */
#include "node/membership_own.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DRAFT_DEPTH_MAX = 8 };

enum err membership_check_place(const char *place, struct err_text *why)
{
	struct fs_info info;
	struct fs_names names;
	enum err e = fs_stat(&info, place, why);
	if (e || info.kind == FS_NONE)
		return e;
	if (info.kind != FS_DIR)
		return err_set(why, ERR_EXISTS, "%s is not a folder; name another home with --home DIR", place);
	e = fs_list(&names, place, why);
	if (e)
		return e;
	if (names.count > 0)
		e = err_set(why, ERR_EXISTS, "%s is not empty; name another home with --home DIR", place);
	fs_names_clear(&names);
	return e;
}

enum err home_draft_begin(struct home_draft *d, const char *home, struct err_text *why)
{
	char keys[FS_PATH_MAX];
	d->path[0] = '\0';
	size_t size = strlen(home);
	while (size > 1 && home[size - 1] == '/')
		size--;
	enum err e = fs_path(d->place, "%.*s", (int)size, home);
	if (!e)
		e = membership_check_place(d->place, why);
	if (!e)
		e = fs_path(d->path, "%s.new.%ld", d->place, (long)getpid());
	if (!e)
		e = fs_make_dir(d->path, NULL, why);
	if (!e)
		e = fs_path(keys, "%s/keys", d->path);
	if (!e)
		e = fs_make_dir(keys, NULL, why);
	if (!e)
		e = fs_path(keys, "%s/keys/officers", d->path);
	return e ? e : fs_make_dir(keys, NULL, why);
}

enum err home_draft_finish(struct home_draft *d, struct err_text *why)
{
	char parent[FS_PATH_MAX];
	enum err e = fs_rename(d->path, d->place, why);
	if (e)
		return e;
	d->path[0] = '\0';
	const char *slash = strrchr(d->place, '/');
	if (!slash)
		e = fs_path(parent, ".");
	else
		e = fs_path(parent, "%.*s", slash == d->place ? 1 : (int)(slash - d->place), d->place);
	return e ? e : fs_sync_dir(parent, NULL, why);
}

/* Best effort: what stays is a folder with a telling name. */
static void remove_tree(const char *path, unsigned depth)
{
	struct fs_names names;
	if (depth > DRAFT_DEPTH_MAX || fs_list(&names, path, NULL))
		return;
	for (size_t i = 0; i < names.count; i++) {
		char inner[FS_PATH_MAX];
		struct fs_info info;
		if (fs_path(inner, "%s/%s", path, names.names[i]) || fs_stat(&info, inner, NULL))
			continue;
		if (info.kind == FS_DIR)
			remove_tree(inner, depth + 1);
		else
			(void)!fs_remove(inner, NULL);
	}
	fs_names_clear(&names);
	(void)!fs_remove_dir(path, NULL);
}

void home_draft_clear(struct home_draft *d)
{
	if (d->path[0])
		remove_tree(d->path, 0);
	d->path[0] = '\0';
}

enum err home_keys_make(struct home_keys *k, const struct home_draft *d, const char *officer, bool root,
	const struct membership_locks *locks, const struct ports *ports, struct err_text *why)
{
	enum err e = node_keys_new(&k->node, ports);
	if (!e)
		e = keystore_write_node(d->path, &k->node, &locks->home, ports, why);
	if (!e)
		e = site_keys_new(&k->site, ports);
	if (!e)
		e = keystore_write_site(d->path, &k->site, &locks->home, ports, why);
	if (!e && root)
		e = officer_key_new(&k->root, ports);
	if (!e && root)
		e = keystore_write_root(d->path, &k->root, &locks->home, ports, why);
	if (!e && officer)
		e = officer_key_new(&k->officer, ports);
	if (!e && officer)
		e = keystore_write_officer(d->path, officer, &k->officer, &locks->officer, ports, why);
	return e;
}

void home_keys_clear(struct home_keys *k)
{
	node_keys_clear(&k->node);
	site_keys_clear(&k->site);
	sign_key_clear(&k->officer);
	sign_key_clear(&k->root);
}

enum err membership_check_name(const char *what, const char *name, struct err_text *why)
{
	if (statement_name_is_valid(bytes_text(name)))
		return ERR_OK;
	return err_set(why, ERR_USAGE,
		"%s \"%.80s\" is no name: take 1 to %d of a-z, 0-9, \"-\", \".\" and \"_\"", what, name,
		STATEMENT_NAME_MAX);
}

enum err membership_node_name(
	char out[MEMBERSHIP_NAME_SIZE], const char *node, const char *site, struct err_text *why)
{
	enum err e = membership_check_name("site", site, why);
	if (e)
		return e;
	if (node)
		snprintf(out, MEMBERSHIP_NAME_SIZE, "%.*s", STATEMENT_NAME_MAX + 1, node);
	else
		snprintf(out, MEMBERSHIP_NAME_SIZE, "%s-1", site);
	return membership_check_name("node", out, why);
}
