/* Asking to be admitted, and joining with the welcome that came back. */
#include "node/membership_own.h"

#include "base/hash.h"

enum { JOIN_MEMORY_MAX = 64 << 20 };

enum err membership_request(struct buf *request, const struct membership_asking *q, struct err_text *why)
{
	struct home_draft draft = { .path = "" };
	struct home_keys keys = { 0 };
	struct request r = { .site_name = bytes_text(q->site), .officer_name = bytes_text(q->officer) };
	char node[MEMBERSHIP_NAME_SIZE], path[FS_PATH_MAX];
	enum err e = membership_node_name(node, q->node, q->site, why);
	if (!e)
		e = membership_check_name("officer", q->officer, why);
	if (!e)
		e = home_draft_begin(&draft, q->home, why);
	if (!e)
		e = home_keys_make(&keys, &draft, q->officer, false, &q->locks, &q->ports, why);
	if (!e) {
		r.node_name = bytes_text(node);
		memcpy(r.encryption_key, keys.site.list[0].key.public_key, sizeof r.encryption_key);
		memcpy(r.node.b, keys.node.sign.public_key, sizeof r.node.b);
		memcpy(r.transport_key, keys.node.transport.public_key, sizeof r.transport_key);
		memcpy(r.officer.b, keys.officer.public_key, sizeof r.officer.b);
		e = request_encode(request, &r, &keys.node.sign, &keys.officer);
	}
	if (!e)
		e = fs_path(path, "%s/request", draft.path);
	if (!e)
		e = fs_write_file(path, buf_bytes(request), 0644, NULL, why);
	if (!e)
		e = home_draft_finish(&draft, why);
	home_keys_clear(&keys);
	home_draft_clear(&draft);
	return e;
}

/* The welcome names this very node, under the site whose keys are here. */
static enum err check_own(const struct first *f, const struct welcome *w, const struct node_keys *node,
	const struct site_keys *keys, struct err_text *why)
{
	struct node_id id;
	memcpy(id.b, node->sign.public_key, sizeof id.b);
	const struct charter_entry *n = charter_node(f->charter, &id);
	const struct charter_entry *s = charter_site(f->charter, w->site);
	const struct box_key *key = s ? site_keys_find(keys, s->statement->as.site.keyno) : NULL;
	bool mine = n && n->standing == CHARTER_COUNTS && !n->ended && n->statement->as.node.site == w->site
		&& memcmp(n->statement->as.node.transport_key, node->transport.public_key, BOX_KEY_SIZE) == 0;
	if (mine && key && memcmp(key->public_key, s->statement->as.site.encryption_key, BOX_KEY_SIZE) == 0)
		return ERR_OK;
	return err_set(why, ERR_REFUSED,
		"this welcome is not for this node: it admits other keys; have this "
		"home's own request admitted with `dossier admit`, and join with that welcome");
}

/* Forms travel with the welcome; only those that the charter names are taken. */
static enum err take_forms(struct first *f, const struct welcome *w, struct err_text *why)
{
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < w->form_count && !e; i++) {
		const struct charter_entry *const *list;
		uint32_t count;
		struct hash256 hash;
		bool named = false;
		hash_blake2b_256(hash.b, w->forms[i].file);
		e = charter_list(&list, &count, &f->arena, f->charter, STATEMENT_FORM);
		for (uint32_t k = 0; k < count && !e; k++)
			named = named || hash256_equal(&list[k]->statement->as.form.hash, &hash);
		if (!e && !named)
			e = err_set(why, ERR_REFUSED, "the welcome carries a form that its charter does not name");
		if (!e)
			e = first_add_form(f, w->forms[i].file);
	}
	return e;
}

enum err membership_join(uint32_t *site, const char *home, struct bytes file, const struct node_keys *node,
	const struct site_keys *keys, const struct ports *ports, struct err_text *why)
{
	struct first first = { 0 };
	struct welcome w;
	struct arena arena;
	*site = 0;
	arena_init(&arena, JOIN_MEMORY_MAX);
	struct err_text detail = { "" };
	enum err e = welcome_parse(&w, &arena, file, &detail);
	if (e)
		e = err_set(why, e, "this is no whole welcome (%s); fetch the file again, nothing was changed",
			detail.text[0] ? detail.text : err_name(e));
	if (!e)
		e = first_init(&first, &w.federation);
	for (uint32_t i = 0; !e && i < w.statement_count; i++)
		e = first_take(&first, w.statements[i], why);
	if (!e)
		e = check_own(&first, &w, node, keys, why);
	if (!e)
		e = take_forms(&first, &w, why);
	if (!e)
		e = first_write(&first, home, ports, why);
	if (!e)
		*site = w.site;
	first_clear(&first);
	arena_clear(&arena);
	return e;
}
