/* Opening a home for a command. */
#include "cli/desk.h"

#include "cli/prompt.h"
#include "node/config.h"
#include "node/fs.h"

#include <string.h>

enum { PASSPHRASE_FILE_MAX = PASSPHRASES_MAX * (PASSPHRASE_MAX + 2) };

/* The lines of the file, but for empty ones at its end; they stay in `file`. */
static enum err read_lines(struct passphrases *out, struct buf *file, struct cli *cli)
{
	*out = (struct passphrases){ .count = 0 };
	enum err e = fs_read_file(file, cli->passphrase_file, &cli->why);
	size_t at = 0;
	while (!e && at < file->size && out->count < PASSPHRASES_MAX) {
		const uint8_t *end = memchr(file->data + at, '\n', file->size - at);
		size_t size = end ? (size_t)(end - (file->data + at)) : file->size - at;
		struct bytes line = { file->data + at, size };
		at += size + 1;
		if (line.size > 0 && line.data[line.size - 1] == '\r')
			line.size--;
		if (line.size > PASSPHRASE_MAX)
			e = err_set(&cli->why, ERR_LIMIT, SAY(cli->print.lang, PROMPT_TOO_LONG), (int)PASSPHRASE_MAX);
		else if (line.size > 0)
			out->list[out->count++] = line;
	}
	if (!e && out->count == 0)
		e = err_set(&cli->why, ERR_NO_KEY, SAY(cli->print.lang, DESK_NO_LINES), cli->passphrase_file);
	return e;
}

/* ---- Keys that are here */

/* Asks for one more passphrase, to be tried on the key file at hand. */
static enum err ask(struct desk *d, const char *whom)
{
	if (d->pass.count == PASSPHRASES_MAX)
		return ERR_NO_KEY;
	struct buf *room = &d->typed[d->pass.count];
	enum err e = prompt_passphrase(room, d->cli, whom, &d->cli->why);
	if (!e)
		d->pass.list[d->pass.count++] = buf_bytes(room);
	return e;
}

/* Whether it is worth asking: nothing that was given opened the file, and there is someone to ask. */
static bool may_ask(const struct desk *d, enum err e)
{
	return e == ERR_NO_KEY && !d->cli->passphrase_file;
}

static enum err read_node(struct desk *d)
{
	enum err e = keystore_read_node(&d->node, d->home, &d->pass, &d->cli->why);
	if (may_ask(d, e)) {
		e = ask(d, SAY(d->cli->print.lang, DESK_WHOM_NODE));
		if (!e)
			e = keystore_read_node(&d->node, d->home, &d->pass, &d->cli->why);
	}
	return e;
}

static enum err read_site(struct desk *d)
{
	enum err e = keystore_read_site(&d->site, d->home, &d->pass, &d->cli->why);
	if (may_ask(d, e)) {
		e = ask(d, SAY(d->cli->print.lang, DESK_WHOM_SITE));
		if (!e)
			e = keystore_read_site(&d->site, d->home, &d->pass, &d->cli->why);
	}
	/* A relay has no key of its site, and works without. */
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err read_officer(struct desk *d)
{
	enum err e = keystore_read_officer(&d->officer, d->home, d->officer_name, &d->pass, &d->cli->why);
	if (may_ask(d, e)) {
		e = ask(d, d->officer_name);
		if (!e)
			e = keystore_read_officer(&d->officer, d->home, d->officer_name, &d->pass, &d->cli->why);
	}
	d->has_officer = !e;
	if (!e)
		memcpy(d->officer_id.b, d->officer.public_key, sizeof d->officer_id.b);
	return e;
}

enum err desk_read_root(struct sign_key *root, struct desk *d)
{
	enum err e = keystore_read_root(root, d->home, &d->pass, &d->cli->why);
	if (may_ask(d, e)) {
		e = ask(d, SAY(d->cli->print.lang, DESK_WHOM_ROOT));
		if (!e)
			e = keystore_read_root(root, d->home, &d->pass, &d->cli->why);
	}
	if (e == ERR_NOT_FOUND)
		e = err_set(&d->cli->why, ERR_NO_KEY, "%s", SAY(d->cli->print.lang, DESK_NO_ROOT));
	return e;
}

bool desk_has_root(const char *home)
{
	char path[FS_PATH_MAX];
	return home && fs_path(path, "%s/keys/root.key", home) == ERR_OK && fs_exists(path);
}

/* ---- Who acts */

static bool is_key_file(const char *name)
{
	size_t size = strlen(name);
	return size > 4 && size - 4 < DESK_NAME_SIZE && strcmp(name + size - 4, ".key") == 0;
}

/* A key of someone who left stays here; who acts is chosen among those who have an appointment. */
static bool is_appointed(const struct desk *d, const char *name, int size)
{
	return charter_officer_named(
			   replica_charter(d->replica), replica_site(d->replica), bytes_of(name, (size_t)size), NULL)
		!= NULL;
}

/* The officers who can act here: how many, the first one, and all of them in a line. */
static enum err list_officers(struct desk *d, size_t *count, struct buf *all)
{
	char path[FS_PATH_MAX];
	struct fs_names names = { 0 };
	*count = 0;
	enum err e = fs_path(path, "%s/keys/officers", d->home);
	if (e || !fs_exists(path))
		return e;
	e = fs_list(&names, path, &d->cli->why);
	for (size_t i = 0; i < names.count && !e; i++) {
		int size = (int)strlen(names.names[i]) - 4;
		if (!is_key_file(names.names[i]) || !is_appointed(d, names.names[i], size))
			continue;
		if (++*count == 1)
			snprintf(d->officer_name, sizeof d->officer_name, "%.*s", size, names.names[i]);
		buf_printf(all, "%s%.*s", *count > 1 ? ", " : "", size, names.names[i]);
	}
	fs_names_clear(&names);
	return e ? e : buf_err(all);
}

/* Decides who acts and puts the name into officer_name; "" when nobody does and nobody has to. */
static enum err choose_officer(struct desk *d, enum desk_need need)
{
	enum lang lang = d->cli->print.lang;
	struct config config;
	char path[FS_PATH_MAX];
	struct buf all;
	size_t count;
	enum err e = config_read(&config, d->home, &d->cli->why);
	if (e)
		return e;
	const char *as = d->cli->as ? d->cli->as : config.officer[0] ? config.officer : NULL;
	buf_init(&all, 1 << 20);
	e = list_officers(d, &count, &all);
	if (!e && as) {
		e = strchr(as, '/') || strlen(as) >= DESK_NAME_SIZE
			? ERR_LIMIT
			: fs_path(path, "%s/keys/officers/%s.key", d->home, as);
		if (e || !fs_exists(path))
			e = err_set(&d->cli->why, ERR_NOT_FOUND, SAY(lang, DESK_NO_SUCH_OFFICER), as,
				count ? buf_text(&all) : "-");
		else
			snprintf(d->officer_name, sizeof d->officer_name, "%s", as);
	} else if (!e && count > 1) {
		e = err_set(&d->cli->why, ERR_USAGE, SAY(lang, DESK_WHICH_OFFICER), buf_text(&all));
	} else if (!e && count == 0 && need == DESK_OFFICER) {
		e = err_set(&d->cli->why, ERR_NO_KEY, "%s", SAY(lang, DESK_NO_OFFICER));
	}
	buf_clear(&all);
	config_clear(&config);
	return e;
}

/* ---- Opening */

static enum err open_replica(struct desk *d)
{
	char who[64];
	struct replica_config config = {
		.home = d->home, .ports = ports_real, .keys = &d->node, .site_keys = &d->site, .who = who
	};
	snprintf(who, sizeof who, "dossier %s", d->cli->command ? d->cli->command : "");
	enum err e = replica_open(&d->replica, &config, &d->cli->why);
	if (e == ERR_NOT_FOUND)
		e = err_set(&d->cli->why, e, SAY(d->cli->print.lang, DESK_NOT_JOINED), d->home);
	return e;
}

enum err desk_open_keys(struct desk *d, struct cli *cli)
{
	char path[FS_PATH_MAX];
	*d = (struct desk){ .cli = cli, .home = cli->home };
	buf_init(&d->file, PASSPHRASE_FILE_MAX);
	for (size_t i = 0; i < PASSPHRASES_MAX; i++)
		buf_init(&d->typed[i], PASSPHRASE_MAX);
	if (!d->home)
		return err_set(&cli->why, ERR_USAGE, "%s", SAY(cli->print.lang, NO_HOME));
	enum err e = fs_path(path, "%s/keys/node.key", d->home);
	if (!e && !fs_exists(path))
		e = err_set(&cli->why, ERR_NOT_FOUND, SAY(cli->print.lang, DESK_NO_NODE), d->home);
	if (!e && cli->passphrase_file)
		e = read_lines(&d->pass, &d->file, cli);
	if (!e)
		e = read_node(d);
	return e ? e : read_site(d);
}

enum err desk_open(struct desk *d, struct cli *cli, enum desk_need need)
{
	enum err e = desk_open_keys(d, cli);
	if (!e)
		e = open_replica(d);
	if (!e && need != DESK_NODE)
		e = choose_officer(d, need);
	return e || !*d->officer_name ? e : read_officer(d);
}

void desk_close(struct desk *d)
{
	replica_close(d->replica);
	d->replica = NULL;
	sign_key_clear(&d->officer);
	node_keys_clear(&d->node);
	site_keys_clear(&d->site);
	buf_wipe(&d->file);
	for (size_t i = 0; i < PASSPHRASES_MAX; i++)
		buf_wipe(&d->typed[i]);
}

/* ---- Keys to be made */

enum err desk_new_lock(struct key_lock *out, struct buf *room, struct cli *cli, const char *whom,
	enum desk_line line, bool no_passphrase)
{
	*out = (struct key_lock){ .cost = KDF_NONE };
	if (no_passphrase)
		return ERR_OK;
	out->cost = KDF_MODERATE;
	enum err e = ERR_OK;
	if (cli->passphrase_file) {
		struct passphrases lines;
		e = read_lines(&lines, room, cli);
		if (!e)
			out->passphrase = lines.list[line == DESK_LINE_NODE ? 0 : lines.count - 1];
		return e;
	}
	e = prompt_new_passphrase(room, cli, whom, &cli->why);
	out->passphrase = buf_bytes(room);
	return e;
}

void desk_warn_open(struct cli *cli, const char *whom)
{
	print_warning(&cli->print, SAY(cli->print.lang, DESK_NO_PASSPHRASE), whom);
}
