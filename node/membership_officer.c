/* Officers of one's own site: appointing and retiring. */
#include "node/membership_own.h"

bool membership_may_appoint(const struct replica *r, const struct sign_key *by, uint32_t form, role_set roles)
{
	struct officer_id id;
	if (!by || roles == 0)
		return false;
	memcpy(id.b, by->public_key, sizeof id.b);
	return (roles & ~charter_may_appoint(replica_charter(r), replica_site(r), &id, form)) == 0;
}

/* A key for the name: new, or one that an interrupted call left here and nobody appointed. */
static enum err make_key(struct sign_key *out, bool *made, struct replica *r,
	const struct membership_officer *o, struct err_text *why)
{
	const char *home = replica_home(r);
	struct passphrases pass = { .list = { o->lock.passphrase }, .count = 1 };
	struct officer_id id;
	char path[FS_PATH_MAX];
	*made = false;
	enum err e = fs_path(path, "%s/keys/officers/%s.key", home, o->name);
	if (e)
		return e;
	if (!fs_exists(path)) {
		e = officer_key_new(out, replica_ports(r));
		if (!e)
			e = keystore_write_officer(home, o->name, out, &o->lock, replica_ports(r), why);
		*made = !e;
		return e;
	}
	if (keystore_read_officer(out, home, o->name, &pass, NULL))
		return err_set(why, ERR_EXISTS, "there is a key %s already; take another name", path);
	memcpy(id.b, out->public_key, sizeof id.b);
	if (charter_officer(replica_charter(r), replica_site(r), &id))
		return err_set(
			why, ERR_EXISTS, "officer %s is appointed already; retire first, or take another name", o->name);
	return ERR_OK;
}

static enum err check_name(struct replica *r, const char *name, struct err_text *why)
{
	enum err e = membership_check_name("officer", name, why);
	if (!e && charter_officer_named(replica_charter(r), replica_site(r), bytes_text(name), NULL))
		e = err_set(why, ERR_EXISTS, "there is an officer %s at this site already; take another name", name);
	return e;
}

static enum err appoint(
	struct replica *r, const struct membership_officer *o, const struct sign_key *key, struct err_text *why)
{
	struct statement_id id;
	struct form_roles roles, may;
	struct statement s = { .code = STATEMENT_APPOINT };
	bool by_officer = membership_may_appoint(r, o->by, o->form->number, o->roles | o->may_appoint);
	if (!by_officer && !o->root)
		return err_set(why, ERR_REFUSED,
			"officer %s may not be appointed with these roles by whoever acts "
			"here; an officer appoints only what his own appointment lets him (`dossier officer list`)",
			o->name);
	s.as.appoint.site = replica_site(r);
	memcpy(s.as.appoint.officer.b, key->public_key, sizeof s.as.appoint.officer.b);
	s.as.appoint.name = bytes_text(o->name);
	s.as.appoint.roles = membership_roles(&roles, o->form->number, o->roles);
	s.as.appoint.may_appoint = membership_roles(&may, o->form->number, o->may_appoint);
	return replica_state(&id, r, &s, by_officer ? o->by : o->root, !by_officer, why);
}

enum err membership_add_officer(
	struct officer_id *out, struct replica *r, const struct membership_officer *o, struct err_text *why)
{
	struct sign_key key = { 0 };
	char path[FS_PATH_MAX];
	bool made = false;
	*out = (struct officer_id){ 0 };
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	e = check_name(r, o->name, why);
	if (!e)
		e = make_key(&key, &made, r, o, why);
	if (!e)
		e = appoint(r, o, &key, why);
	if (!e)
		memcpy(out->b, key.public_key, sizeof out->b);
	/* A key that nobody appointed is of no use to anyone. */
	if (e && made && !fs_path(path, "%s/keys/officers/%s.key", replica_home(r), o->name))
		(void)!fs_remove(path, NULL);
	sign_key_clear(&key);
	replica_unlock(r);
	return e;
}

/* Who may end an appointment: whoever issued it, or the root. */
static const struct sign_key *ender(
	const struct statement *s, const struct sign_key *by, const struct sign_key *root, bool *as_root)
{
	*as_root = false;
	if (s->has_issuer && by && memcmp(by->public_key, s->issuer.b, sizeof s->issuer.b) == 0)
		return by;
	*as_root = true;
	return root;
}

static enum err retire_one(struct replica *r, const struct charter_entry *e, const char *name,
	const struct sign_key *by, const struct sign_key *root, struct err_text *why)
{
	const struct statement *appointment = e->statement;
	const struct charter *c = replica_charter(r);
	struct statement_id id;
	struct statement s = { .code = STATEMENT_RETIRE };
	bool as_root;
	const struct sign_key *key = ender(appointment, by, root, &as_root);
	const struct charter_entry *tip =
		charter_chain_tip(c, appointment->has_issuer ? &appointment->issuer : NULL);
	if (!key)
		return err_set(why, ERR_REFUSED,
			"officer %s may be retired only by whoever appointed, or by the root; "
			"act as that officer with --as",
			name);
	if (!tip)
		return err_set(why, ERR_REFUSED,
			"the chain that appointed %s has forked; the root must say which "
			"branch stands",
			name);
	s.as.retire.ended = appointment->id;
	s.as.retire.position = tip->statement->position + 1;
	return replica_state(&id, r, &s, key, as_root, why);
}

enum err membership_retire_officer(struct officer_id *out, struct replica *r, const char *name,
	const struct sign_key *by, const struct sign_key *root, struct err_text *why)
{
	enum { APPOINTMENTS_MAX = 256 };
	const struct charter_entry *entry;
	uint32_t others = 0;
	unsigned ended = 0;
	*out = (struct officer_id){ 0 };
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	entry = charter_officer_named(replica_charter(r), replica_site(r), bytes_text(name), &others);
	if (!entry)
		e = err_set(why, ERR_NOT_FOUND,
			"there is no officer \"%.80s\" at this site; `dossier officer list` "
			"names them",
			name);
	else if (others > 0)
		e = err_set(
			why, ERR_REFUSED, "%u officers here are called %s; none was retired", (unsigned)others + 1, name);
	if (!e)
		*out = entry->statement->as.appoint.officer;
	while (!e && entry && ended++ < APPOINTMENTS_MAX) {
		e = retire_one(r, entry, name, by, root, why);
		entry = charter_officer(replica_charter(r), replica_site(r), out);
	}
	replica_unlock(r);
	return e;
}
