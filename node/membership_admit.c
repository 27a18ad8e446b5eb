/* Admitting a site: the root's statements, and the welcome. */
#include "node/membership_own.h"

#include "base/hash.h"
#include "node/forms.h"

enum { WELCOME_MEMORY_MAX = 64 << 20, FORM_FILE_MAX = 1 << 20 };

static enum err next_number(uint32_t *number, const struct charter *c)
{
	const struct charter_entry *const *list;
	uint32_t count;
	struct arena a;
	arena_init(&a, WELCOME_MEMORY_MAX);
	*number = 1;
	enum err e = charter_list(&list, &count, &a, c, STATEMENT_SITE);
	for (uint32_t i = 0; i < count && !e; i++)
		if (list[i]->statement->as.site.number >= *number)
			*number = list[i]->statement->as.site.number + 1;
	arena_clear(&a);
	return e;
}

/* The site, unless it is there already. */
static enum err state_site(uint32_t *number, struct replica *r, const struct membership_admission *a,
	const struct request *q, role_set roles, struct err_text *why)
{
	const struct charter_entry *known = charter_site_named(replica_charter(r), q->site_name);
	struct statement_id id;
	struct form_roles room;
	struct statement s = { .code = STATEMENT_SITE };
	if (known) {
		const struct statement_site *site = &known->statement->as.site;
		*number = site->number;
		if (memcmp(site->encryption_key, q->encryption_key, sizeof q->encryption_key) == 0)
			return ERR_OK;
		return err_set(why, ERR_EXISTS,
			"there is a site \"%.*s\" already, with another key; request with "
			"another name",
			(int)q->site_name.size, (const char *)q->site_name.data);
	}
	enum err e = next_number(number, replica_charter(r));
	if (e)
		return e;
	s.as.site.number = *number;
	s.as.site.name = q->site_name;
	s.as.site.role = a->site_role;
	s.as.site.flags = membership_flags(a->site_role);
	s.as.site.keyno = 1; /* a requesting site has its first key */
	memcpy(s.as.site.encryption_key, q->encryption_key, sizeof s.as.site.encryption_key);
	s.as.site.readers = membership_roles(&room, a->form->number, roles);
	return replica_state(&id, r, &s, a->root, true, why);
}

static enum err state_node(struct replica *r, uint32_t site, const struct membership_admission *a,
	const struct request *q, struct err_text *why)
{
	const struct charter_entry *known = charter_node(replica_charter(r), &q->node);
	struct statement_id id;
	struct statement s = { .code = STATEMENT_NODE };
	if (known && !known->ended && known->statement->as.node.site == site)
		return ERR_OK;
	s.as.node.site = site;
	s.as.node.name = q->node_name;
	s.as.node.node = q->node;
	memcpy(s.as.node.transport_key, q->transport_key, sizeof s.as.node.transport_key);
	return replica_state(&id, r, &s, a->root, true, why);
}

static enum err state_officer(struct replica *r, uint32_t site, const struct membership_admission *a,
	const struct request *q, role_set roles, struct err_text *why)
{
	struct statement_id id;
	struct form_roles room;
	struct statement s = { .code = STATEMENT_APPOINT };
	/* A site without roles, such as a relay, has no officers. */
	if (roles == 0 || charter_officer(replica_charter(r), site, &q->officer))
		return ERR_OK;
	s.as.appoint.site = site;
	s.as.appoint.officer = q->officer;
	s.as.appoint.name = q->officer_name;
	s.as.appoint.roles = membership_roles(&room, a->form->number, roles);
	s.as.appoint.may_appoint = s.as.appoint.roles;
	return replica_state(&id, r, &s, a->root, true, why);
}

/* The file of a form that the charter names: from the store, or one that the program carries. */
static enum err read_form(
	struct buf *out, struct replica *r, const struct statement_form *f, struct err_text *why)
{
	struct git_id git;
	struct bytes file;
	struct hash256 hash = { { 0 } };
	char name[STATEMENT_NAME_MAX + 1];
	enum err e = index_find_blob(&git, replica_index(r), 'f', &f->hash);
	if (!e)
		return store_read(out, replica_store(r), STORE_BLOB, &git, FORM_FILE_MAX, why);
	if (e != ERR_NOT_FOUND)
		return e;
	memcpy(name, f->name.data, f->name.size);
	name[f->name.size] = '\0';
	if (form_file_find(&file, name))
		hash_blake2b_256(hash.b, file);
	if (!hash256_equal(&hash, &f->hash))
		return err_set(
			why, ERR_MISSING, "the file of form %s version %u is not here", name, (unsigned)f->version);
	buf_put_bytes(out, file);
	return buf_err(out);
}

static enum err gather_forms(struct welcome *w, struct arena *a, struct replica *r, struct err_text *why)
{
	const struct charter_entry *const *list;
	uint32_t count;
	enum err e = charter_list(&list, &count, a, replica_charter(r), STATEMENT_FORM);
	if (e)
		return e;
	struct welcome_form *forms = arena_array(a, count, sizeof *forms);
	if (!forms)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count && !e; i++) {
		struct buf file;
		buf_init(&file, FORM_FILE_MAX);
		e = read_form(&file, r, &list[i]->statement->as.form, why);
		forms[i].name = list[i]->statement->as.form.name;
		forms[i].file = bytes_of(e ? NULL : arena_copy(a, file.data, file.size), file.size);
		if (!e && !forms[i].file.data)
			e = ERR_MEMORY;
		buf_clear(&file);
	}
	w->forms = forms;
	w->form_count = e ? 0 : count;
	return e;
}

static enum err put_welcome(struct buf *out, struct replica *r, uint32_t site, struct err_text *why)
{
	const struct charter *c = replica_charter(r);
	struct welcome w = {
		.federation = *charter_federation(c), .site = site, .statement_count = charter_count(c)
	};
	struct arena a;
	arena_init(&a, WELCOME_MEMORY_MAX);
	struct bytes *statements = arena_array(&a, w.statement_count, sizeof *statements);
	enum err e = statements ? gather_forms(&w, &a, r, why) : ERR_MEMORY;
	if (!e) {
		for (uint32_t i = 0; i < w.statement_count; i++)
			statements[i] = charter_get(c, i)->blob;
		w.statements = statements;
		e = welcome_encode(out, &w);
	}
	arena_clear(&a);
	return e;
}

enum err membership_admit(
	struct buf *welcome, struct replica *r, const struct membership_admission *a, struct err_text *why)
{
	struct request q;
	uint32_t site = 0;
	role_set roles = a->roles ? a->roles : a->form->site_roles[a->site_role];
	struct err_text detail = { "" };
	enum err e = request_parse(&q, a->request, &detail);
	if (e)
		return err_set(why, e, "this is no whole request (%s); fetch the file again, nothing was changed",
			detail.text[0] ? detail.text : err_name(e));
	e = replica_lock(r, why);
	if (e)
		return e;
	e = state_site(&site, r, a, &q, roles, why);
	if (!e)
		e = state_node(r, site, a, &q, why);
	if (!e)
		e = state_officer(r, site, a, &q, roles, why);
	if (!e)
		e = put_welcome(welcome, r, site, why);
	replica_unlock(r);
	return e;
}
