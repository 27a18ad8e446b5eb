/* What a session asks, answered from a replica: the life of it, and who answers which ask. */
#include "node/replica_sync_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *sync_list_add(struct sync_list *l, size_t size)
{
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 16;
		void *grown = realloc(l->items, room * size);
		if (!grown)
			return NULL;
		l->items = grown;
		l->room = room;
	}
	void *item = (uint8_t *)l->items + l->count++ * size;
	memset(item, 0, size);
	return item;
}

void sync_list_clear(struct sync_list *l)
{
	free(l->items);
	*l = (struct sync_list){ 0 };
}

enum err sync_case(struct casefile **out, struct replica_sync *s, const struct case_id *id)
{
	return replica_case(out, s->r, id, &s->why);
}

enum err replica_sync_new(
	struct replica_sync **out, struct replica *r, const uint8_t *remote, struct err_text *why)
{
	(void)why;
	struct replica_sync *s = *out = calloc(1, sizeof *s);
	if (!s)
		return ERR_MEMORY;
	s->r = r;
	s->initiator = remote != NULL;
	s->shares_stale = true;
	if (remote)
		memcpy(s->remote, remote, sizeof s->remote);
	buf_init(&s->body, SYNC_MESSAGE_MAX);
	buf_init(&s->items, SYNC_MESSAGE_MAX);
	buf_init(&s->inbox.bytes, 4 * (size_t)SYNC_MESSAGE_MAX);
	arena_init(&s->arena, SYNC_MEMORY_MAX);
	arena_init(&s->take_arena, SYNC_MEMORY_MAX);
	enum err e = change_session_new(&s->out);
	if (!e)
		e = change_session_new(&s->in);
	if (e) {
		replica_sync_free(s);
		*out = NULL;
	}
	return e;
}

static void free_differences(struct replica_sync *s)
{
	struct sync_difference *d = s->differences.items;
	for (size_t i = 0; i < s->differences.count; i++)
		free(d[i].frontier);
	sync_list_clear(&s->differences);
}

void replica_sync_free(struct replica_sync *s)
{
	if (!s)
		return;
	change_session_free(s->out);
	change_session_free(s->in);
	sync_list_clear(&s->statements);
	sync_list_clear(&s->blobs);
	sync_list_clear(&s->ranges);
	free_differences(s);
	sync_list_clear(&s->journals);
	sync_list_clear(&s->wanted);
	sync_list_clear(&s->noted);
	free(s->difference_has);
	free(s->shares);
	buf_clear(&s->body);
	buf_clear(&s->items);
	buf_clear(&s->inbox.bytes);
	arena_clear(&s->arena);
	arena_clear(&s->take_arena);
	free(s);
}

/* ---- Who it is with */

/* ERR_NOT_FOUND for a key that the charter does not list, or does not list any more. */
static enum err find_peer(struct replica_sync *s, const uint8_t key[BOX_KEY_SIZE])
{
	const struct charter *c = replica_charter(s->r);
	const struct charter_entry *node = charter_node_by_transport(c, key);
	uint32_t number = node ? node->statement->as.node.site : 0;
	const struct charter_entry *site = number ? charter_site(c, number) : NULL;
	if (!node || node->ended || !site || site->ended)
		return err_set(&s->why, ERR_NOT_FOUND, "the charter does not list the peer's key");
	s->peer = node->statement->as.node.node;
	s->peer_site = number;
	return ERR_OK;
}

/* Whether the last session with this peer was cut before it got anywhere. */
static void stalled_name(char out[32], const struct replica_sync *s)
{
	snprintf(out, 32, "stalled %lld", (long long)s->row.no);
}

static enum err load_peer(struct replica_sync *s)
{
	char name[32];
	struct buf meta;
	buf_init(&meta, 16);
	enum err e = index_get_peer(&s->row, replica_index(s->r), &s->peer);
	if (!e) {
		s->is_known = true;
		stalled_name(name, s);
		e = index_get_meta(&meta, replica_index(s->r), name);
		s->skip_cursor = !e && meta.size > 0;
		if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	buf_clear(&meta);
	return e;
}

static enum err answer_hello(struct session_answer *out, struct replica_sync *s)
{
	bool changed;
	enum err e = replica_refresh(&changed, s->r, &s->why);
	if (!e)
		e = find_peer(s, s->remote);
	if (!e)
		e = load_peer(s);
	if (!e)
		e = sync_make_hello(&s->own_hello, s);
	out->hello = s->own_hello;
	/* The driver knows whom it calls: that nobody is there by this key is no silence, but an error. */
	return e == ERR_NOT_FOUND ? ERR_REFUSED : e;
}

static enum err answer_peer(struct session_answer *out, struct replica_sync *s, const struct session_ask *ask)
{
	bool changed;
	enum err e = ERR_OK;
	s->peer_hello = ask->hello;
	if (!s->initiator) {
		memcpy(s->remote, ask->peer_key, sizeof s->remote);
		e = replica_refresh(&changed, s->r, &s->why);
		if (!e)
			e = find_peer(s, s->remote);
		if (!e)
			e = load_peer(s);
		if (!e)
			e = sync_make_hello(&s->own_hello, s);
		out->hello = s->own_hello;
	}
	s->charters_differ =
		memcmp(s->own_hello.charter, s->peer_hello.charter, sizeof s->own_hello.charter) != 0;
	if (!e)
		e = sync_seed_tables(s);
	return e ? e : sync_begin(s);
}

static void note_acked(struct replica_sync *s, uint64_t acked)
{
	unsigned done = 0;
	while (done < s->mark_count && s->marks[done].message <= acked)
		s->acked = s->marks[done++].cursor;
	s->mark_count -= done;
	memmove(s->marks, s->marks + done, s->mark_count * sizeof *s->marks);
}

static enum err answer_digest(struct session_answer *out, struct replica_sync *s)
{
	return sync_digest(out->hello.digest, s);
}

void replica_sync_answer(struct session_answer *out, struct replica_sync *s, const struct session_ask *ask)
{
	*out = (struct session_answer){ .err = ERR_OK };
	s->why.text[0] = '\0';
	arena_clear(&s->arena);
	note_acked(s, ask->acked);
	switch (ask->kind) {
	case ASK_HELLO:
		out->err = answer_hello(out, s);
		break;
	case ASK_PEER:
		out->err = answer_peer(out, s, ask);
		break;
	case ASK_NEXT:
		out->err = sync_next(out, s, ask);
		break;
	case ASK_TAKE:
		out->err = sync_take(s, ask, &out->deferred);
		break;
	case ASK_DIGEST:
		out->err = answer_digest(out, s);
		break;
	case ASK_MISMATCH:
		out->err = sync_begin_round(s);
		break;
	}
	if (out->err)
		out->reason = s->why.text[0] ? s->why.text : err_name(out->err);
}

/* ---- What is remembered */

static enum err put_stalled(struct replica_sync *s, bool stalled)
{
	char name[32];
	stalled_name(name, s);
	if (stalled == s->skip_cursor)
		return ERR_OK;
	return index_put_meta(replica_index(s->r), name, bytes_text(stalled ? "1" : ""));
}

void replica_sync_ended(struct replica_sync *s, const struct session *session)
{
	struct index *ix = replica_index(s->r);
	struct err_text why;
	bool equal = session_is_equal(session), open = session_end(session) == SESSION_OPEN;
	if (!s->is_known)
		return;
	note_acked(s, session_stats(session)->messages_acked);
	s->row.tried = (int64_t)ports_now(replica_ports(s->r));
	if (s->acked > s->row.sent)
		s->row.sent = s->acked;
	if (equal) {
		s->row.equal = s->row.tried;
		if (s->digest_last > s->row.sent)
			s->row.sent = s->digest_last;
		s->row.has_position = s->digest_has_head;
		if (s->digest_has_head) {
			s->row.incarnation = s->digest_head.incarnation;
			s->row.sequence = s->digest_head.sequence;
			memcpy(s->row.prefix, s->digest_head.id.b, sizeof s->row.prefix);
		}
	}
	const char *reason = equal || open ? "" : session_reason(session);
	bool cut = session_end(session) == SESSION_CLOSED || session_end(session) == SESSION_TIMEOUT;
	bool stalled = !equal && cut && session_stats(session)->messages_out > 0 && s->acked == s->begun_at;
	if (replica_lock(s->r, &why))
		return;
	/* Whatever fails here is only remembered worse: the next session sends a little more. */
	enum err e = index_begin(ix, NULL);
	if (!e)
		e = index_put_peer(ix, &s->row, bytes_text(reason));
	if (!e)
		e = put_stalled(s, stalled);
	if (!e)
		e = index_commit(ix, NULL);
	if (e)
		index_rollback(ix);
	replica_unlock(s->r);
}

const struct node_id *replica_sync_peer(const struct replica_sync *s)
{
	return s->is_known ? &s->peer : NULL;
}

uint32_t replica_sync_site(const struct replica_sync *s)
{
	return s->is_known ? s->peer_site : 0;
}

const struct replica_sync_counts *replica_sync_counts(const struct replica_sync *s)
{
	return &s->counts;
}
