/* The journal: opening it, its incarnations, what waits. */
#include "node/journal_own.h"

#include "node/identity.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct journal *j)
{
	j->is_open = false;
	j->incarnation = (struct incarnation_id){ { 0 } };
	j->sequence = 0;
	j->head = (struct checkpoint_id){ { 0 } };
	j->head_git = (struct git_id){ { 0 } };
	j->head_no = 0;
	j->boxed_count = 0;
	merkle_init(&j->tree);
	secret_free(&j->key);
}

enum err journal_open(struct journal **out, const struct journal_config *config, struct err_text *why)
{
	*out = NULL;
	struct journal *j = calloc(1, sizeof *j);
	if (!j)
		return ERR_MEMORY;
	struct store_heads heads;
	j->config = *config;
	buf_init(&j->memory_log, 1 << 26);
	enum err e = store_heads(&heads, config->store, why);
	if (!e) {
		e = journal_load_state(j);
		bool fits = !e && heads.has_journal && git_id_equal(&heads.journal, &j->head_git);
		if (!fits) {
			forget(j);
			e = heads.has_journal ? journal_rebuild(j, &heads.journal, why) : ERR_OK;
		}
	}
	if (!e && j->is_open) {
		bool same = !config->reborn;
		struct incarnation_id recorded = j->incarnation;
		if (config->home)
			e = identity_check(&same, &recorded, config->home, why);
		j->is_alive = !e && same && incarnation_id_equal(&recorded, &j->incarnation);
	}
	if (!e)
		e = readlog_count_records(j, why);
	if (e) {
		journal_close(j);
		return e;
	}
	*out = j;
	return ERR_OK;
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	secret_free(&j->key);
	buf_wipe(&j->memory_log);
	fs_names_clear(&j->taken);
	free(j);
}

bool journal_is_alive(const struct journal *j)
{
	return j->is_alive;
}

const struct checkpoint_id *journal_head(const struct journal *j)
{
	return journal_has_head(j) ? &j->head : NULL;
}

const struct incarnation_id *journal_incarnation(const struct journal *j)
{
	return &j->incarnation;
}

uint64_t journal_sequence(const struct journal *j)
{
	return j->sequence;
}

int64_t journal_head_no(const struct journal *j)
{
	return j->head_no;
}

const struct git_id *journal_head_git(const struct journal *j)
{
	return journal_has_head(j) ? &j->head_git : NULL;
}

enum err journal_checkpoint(struct journal *j, struct err_text *why)
{
	uint64_t pending = 0;
	bool news = false;
	enum err e = journal_ensure(j, why);
	if (!e)
		e = journal_count_pending(&pending, j);
	if (!e)
		e = journal_has_news(&news, j);
	/* Checkpoint 0 may just have taken everything in. */
	return e || (!news && pending == 0) ? e : journal_write(j, NULL, why);
}

enum err journal_ensure(struct journal *j, struct err_text *why)
{
	struct journal_fresh fresh = { 0 };
	if (j->is_alive)
		return ERR_OK;
	ports_random(j->config.ports, fresh.incarnation.b, sizeof fresh.incarnation.b);
	enum err e = ports_secret(&fresh.key, j->config.ports);
	if (!e)
		e = journal_write(j, &fresh, why);
	/* The key is the journal's from when it was written, whatever came afterwards. */
	if (!incarnation_id_equal(&j->incarnation, &fresh.incarnation))
		secret_free(&fresh.key);
	if (!e && j->config.home)
		e = identity_record(j->config.home, &j->incarnation, why);
	j->is_alive = !e;
	return e;
}

enum err journal_has_news(bool *news, struct journal *j)
{
	int64_t changes, disclosed;
	*news = false;
	enum err e = index_count_uncovered(&changes, j->config.index);
	if (!e)
		e = index_count_disclosed(&disclosed, j->config.index);
	*news = !e && changes + disclosed > 0;
	return e;
}

enum err journal_count_pending(uint64_t *count, struct journal *j)
{
	int64_t changes;
	*count = 0;
	enum err e = index_count_uncovered(&changes, j->config.index);
	/* Another process of this home may have shown something. */
	if (!e)
		e = readlog_count_records(j, NULL);
	if (!e)
		*count = (uint64_t)changes + j->records;
	return e;
}

enum err journal_disclose(struct journal *j, const struct entry *disclosed)
{
	struct buf item;
	buf_init(&item, ENTRY_SIZE_MAX);
	enum err e = entry_encode(&item, disclosed);
	if (!e)
		e = index_add_disclosed(j->config.index, buf_bytes(&item));
	buf_clear(&item);
	return e;
}
