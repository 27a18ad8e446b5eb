/* What a session's hello says of this node, and what both hellos together make known to both sides. */
#include "node/replica_sync_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- The hello */

/* True when every earlier checkpoint of that incarnation is held too. */
static enum err is_whole(bool *whole, struct replica_sync *s, uint64_t sequence)
{
	struct index_checkpoint *rows;
	size_t count;
	uint64_t next = 0;
	*whole = false;
	enum err e = index_list_checkpoints(
		&rows, &count, replica_index(s->r), &s->arena, &s->peer, &s->row.incarnation, 0);
	for (size_t i = 0; i < count && !e; i++)
		next += rows[i].sequence == next;
	*whole = !e && next > sequence;
	return e;
}

enum err sync_make_hello(struct hello *out, struct replica_sync *s)
{
	struct hash256 charter;
	*out = (struct hello){ .version = SYNC_VERSION };
	s->hello_statements = charter_count(replica_charter(s->r));
	enum err e = charter_digest(&charter, replica_charter(s->r));
	if (!e)
		memcpy(out->charter, charter.b, sizeof out->charter);
	if (!e)
		e = sync_digest(out->digest, s);
	if (!e && s->row.has_position) {
		out->position.is_set = true;
		out->position.sequence = s->row.sequence;
		memcpy(out->position.prefix, s->row.prefix, sizeof out->position.prefix);
		e = is_whole(&out->position.whole, s, s->row.sequence);
	}
	return e;
}

/* ---- Positions */

static enum err find_row(bool *has, struct index_checkpoint *out, struct replica_sync *s,
	const struct node_id *node, const struct incarnation_id *incarnation, uint64_t sequence,
	const uint8_t *prefix, struct arena *a)
{
	struct index_checkpoint *rows;
	size_t count;
	enum err e = index_list_checkpoints(&rows, &count, replica_index(s->r), a, node, incarnation, sequence);
	for (size_t i = 0; i < count && !e && rows[i].sequence == sequence; i++) {
		if (memcmp(rows[i].id.b, prefix, HELLO_PREFIX_SIZE) != 0)
			continue;
		*out = rows[i];
		*has = true;
		break;
	}
	return e;
}

enum err sync_own_position(bool *has, struct index_checkpoint *out, struct replica_sync *s,
	const struct hello_position *p, struct arena *a)
{
	struct index_checkpoint *heads;
	size_t count;
	*has = false;
	if (!p->is_set)
		return ERR_OK;
	enum err e = index_list_journals(&heads, &count, replica_index(s->r), a);
	for (size_t i = 0; i < count && !e && !*has; i++)
		if (node_id_equal(&heads[i].node, replica_node(s->r)))
			e = find_row(has, out, s, &heads[i].node, &heads[i].incarnation, p->sequence, p->prefix, a);
	return e;
}

/* The peer's checkpoint that the own hello named. */
static enum err find_peer_position(bool *has, struct index_checkpoint *out, struct replica_sync *s)
{
	const struct hello_position *p = &s->own_hello.position;
	*has = false;
	if (!p->is_set)
		return ERR_OK;
	return find_row(has, out, s, &s->peer, &s->row.incarnation, p->sequence, p->prefix, &s->arena);
}

/* ---- What the tables begin with */

static enum err seed_checkpoint(struct reftable *t, bool has, const struct index_checkpoint *c)
{
	uint8_t node[sizeof c->node.b + sizeof c->incarnation.b];
	memcpy(node, c->node.b, sizeof c->node.b);
	memcpy(node + sizeof c->node.b, c->incarnation.b, sizeof c->incarnation.b);
	enum err e = reftable_seed(t, bytes_of(c->id.b, has ? sizeof c->id.b : 0));
	return e ? e : reftable_seed(t, bytes_of(node, has ? sizeof node : 0));
}

struct key { uint8_t b[32]; };

static int compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct key));
}

static int compare_forms(const void *a, const void *b)
{
	const struct statement_form *x = a, *y = b;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->version > y->version) - (x->version < y->version);
}

static enum err seed_forms(struct reftable *t, struct replica_sync *s)
{
	const struct charter_entry *const *list;
	uint32_t count;
	enum err e = charter_list(&list, &count, &s->arena, replica_charter(s->r), STATEMENT_FORM);
	struct statement_form *forms = arena_array(&s->arena, count, sizeof *forms);
	if (!e && !forms)
		e = ERR_MEMORY;
	if (e)
		return e;
	for (uint32_t i = 0; i < count; i++)
		forms[i] = list[i]->statement->as.form;
	if (count > 1)
		qsort(forms, count, sizeof *forms, compare_forms);
	for (uint32_t i = 0; i < count && !e; i++) {
		struct buf form;
		buf_init(&form, 16);
		cbor_put_array(&form, 2);
		cbor_put_uint(&form, forms[i].number);
		cbor_put_uint(&form, forms[i].version);
		e = buf_err(&form);
		if (!e)
			e = reftable_seed(t, buf_bytes(&form));
		buf_clear(&form);
	}
	return e;
}

/* The officers of the two sites. */
static enum err seed_officers(struct reftable *t, struct replica_sync *s)
{
	const struct charter_entry *const *list;
	uint32_t count, found = 0;
	enum err e = charter_list(&list, &count, &s->arena, replica_charter(s->r), STATEMENT_APPOINT);
	struct key *keys = arena_array(&s->arena, count, sizeof *keys);
	if (!e && !keys)
		e = ERR_MEMORY;
	if (e)
		return e;
	for (uint32_t i = 0; i < count; i++) {
		const struct statement_appoint *appoint = &list[i]->statement->as.appoint;
		if (appoint->site == s->peer_site || appoint->site == replica_site(s->r))
			memcpy(keys[found++].b, appoint->officer.b, sizeof keys->b);
	}
	if (found > 1)
		qsort(keys, found, sizeof *keys, compare_keys);
	for (uint32_t i = 0; i < found && !e; i++)
		e = reftable_seed(t, bytes_of(keys[i].b, sizeof keys->b));
	return e;
}

static enum err seed_charter(struct reftable *t, struct replica_sync *s)
{
	const struct charter_head *heads;
	uint32_t count;
	enum err e = charter_heads(&heads, &count, &s->arena, replica_charter(s->r));
	for (uint32_t i = 0; i < count && !e; i++)
		e = reftable_seed(t, bytes_of(heads[i].id.b, sizeof heads[i].id.b));
	if (!e)
		e = seed_forms(t, s);
	return e ? e : seed_officers(t, s);
}

enum err sync_seed_tables(struct replica_sync *s)
{
	struct change_session *both[] = { s->out, s->in };
	struct index_checkpoint own = { 0 }, theirs = { 0 };
	bool has_own, has_theirs;
	/* Both sides go by the charter of their hellos; what came since would make the tables differ. */
	if (!s->charters_differ && charter_count(replica_charter(s->r)) != s->hello_statements)
		return err_set(&s->why, ERR_CONFLICT, "the charter grew meanwhile: try again");
	enum err e = sync_own_position(&has_own, &own, s, &s->peer_hello.position, &s->arena);
	if (!e)
		e = find_peer_position(&has_theirs, &theirs, s);
	for (int i = 0; i < 2 && !e; i++) {
		struct reftable *t = change_session_table(both[i]);
		e = seed_checkpoint(t, s->initiator ? has_own : has_theirs, s->initiator ? &own : &theirs);
		if (!e)
			e = seed_checkpoint(t, s->initiator ? has_theirs : has_own, s->initiator ? &theirs : &own);
		if (!e && !s->charters_differ)
			e = seed_charter(t, s);
	}
	return e;
}
