/* Gathering the state of a node. */
#include "node/status.h"

#include "node/config.h"
#include "node/fs.h"
#include "node/inbox.h"
#include "node/json_put.h"

#include <stdio.h>
#include <stdlib.h>

enum { STATUS_MEMORY = 1 << 30, STATUS_CHANGES_MAX = 1 << 22, STATUS_GAPS_MAX = 1 << 20 };

struct gatherer {
	struct status *s;
	struct replica *r;
	struct config config;
	struct index_peer *rows; /* what the index knows of peers */
	size_t row_count;
	struct index_change *changes; /* all, ascending by number */
	size_t change_count;
	bool *confirmed; /* per change */
};

static const char *arena_cstr(struct arena *a, const char *text)
{
	return arena_text(a, bytes_text(text));
}

/* The address that the config has for a node: under "site/node" or "site". */
static const char *find_address(const struct gatherer *g, const struct status_peer *p)
{
	char name[CONFIG_NAME_MAX];
	snprintf(name, sizeof name, "%.*s/%.*s", (int)p->site_name.size, (const char *)p->site_name.data,
		(int)p->node_name.size, (const char *)p->node_name.data);
	const struct config_peer *c = config_find_peer(&g->config, name);
	snprintf(name, sizeof name, "%.*s", (int)p->site_name.size, (const char *)p->site_name.data);
	if (!c)
		c = config_find_peer(&g->config, name);
	return c ? arena_cstr(&g->s->arena, c->address) : NULL;
}

static const struct index_peer *find_row(const struct gatherer *g, const struct node_id *node)
{
	for (size_t i = 0; i < g->row_count; i++)
		if (node_id_equal(&g->rows[i].node, node))
			return &g->rows[i];
	return NULL;
}

static int compare_shares(const void *a, const void *b)
{
	const struct index_share *x = a, *y = b;
	return (x->case_no > y->case_no) - (x->case_no < y->case_no);
}

/* Which of the changes the peer shares: counts those it has not acknowledged, and marks the others. */
static enum err count_changes(struct gatherer *g, struct status_peer *p, const struct index_peer *row)
{
	struct index_share *shares;
	size_t count;
	bool all = charter_is_custodian(replica_charter(g->r), p->site) || p->site == replica_site(g->r);
	enum err e = index_list_shares(&shares, &count, replica_index(g->r), &g->s->arena, p->site);
	if (e)
		return e;
	qsort(shares, count, sizeof *shares, compare_shares);
	for (size_t i = 0; i < g->change_count; i++) {
		const struct index_change *c = &g->changes[i];
		struct index_share key = { .case_no = c->case_no };
		const struct index_share *share = bsearch(&key, shares, count, sizeof key, compare_shares);
		bool known = row && (c->no <= row->sent || c->peer == row->no);
		if (!all && (!share || share->ended))
			continue;
		if (known)
			g->confirmed[i] = true;
		else
			p->to_send++;
	}
	return ERR_OK;
}

static enum err add_peer(struct gatherer *g, const struct charter_entry *e)
{
	struct status *s = g->s;
	const struct statement_node *n = &e->statement->as.node;
	const struct charter_entry *site = charter_site(replica_charter(g->r), n->site);
	const struct index_peer *row = find_row(g, &n->node);
	struct status_peer *p = &s->peers[s->peer_count];
	struct buf error;
	*p = (struct status_peer){ .site = n->site, .node_name = n->name, .node = n->node, .error = "" };
	p->site_name = site ? site->statement->as.site.name : bytes_text("?");
	p->address = find_address(g, p);
	/* Nodes that were never called and have no address are not this node's peers. */
	if (!row && !p->address)
		return ERR_OK;
	s->peer_count++;
	if (row) {
		p->equal = row->equal;
		p->tried = row->tried;
		buf_init(&error, 4096);
		if (index_get_peer_error(&error, replica_index(g->r), row->no) == ERR_OK)
			p->error = arena_cstr(&s->arena, buf_text(&error));
		buf_clear(&error);
	}
	return p->error ? count_changes(g, p, row) : ERR_MEMORY;
}

static enum err gather_peers(struct gatherer *g)
{
	struct status *s = g->s;
	const struct charter_entry *const *nodes;
	uint32_t count;
	enum err e = charter_list(&nodes, &count, &s->arena, replica_charter(g->r), STATEMENT_NODE);
	if (!e)
		e = index_list_peers(&g->rows, &g->row_count, replica_index(g->r), &s->arena);
	if (!e)
		e = index_list_since(
			&g->changes, &g->change_count, replica_index(g->r), &s->arena, 0, STATUS_CHANGES_MAX);
	if (e)
		return e;
	s->peers = arena_array(&s->arena, count, sizeof *s->peers);
	g->confirmed = arena_array(&s->arena, g->change_count, sizeof *g->confirmed);
	if (!s->peers || !g->confirmed)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count && !e; i++)
		if (!nodes[i]->ended && !node_id_equal(&nodes[i]->statement->as.node.node, replica_node(g->r)))
			e = add_peer(g, nodes[i]);
	s->changes = g->change_count;
	for (size_t i = 0; i < g->change_count; i++)
		s->unconfirmed += g->changes[i].peer == 0 && !g->confirmed[i];
	return e;
}

static int compare_peers(const void *a, const void *b)
{
	const struct status_peer *x = a, *y = b;
	if (x->site != y->site)
		return x->site < y->site ? -1 : 1;
	return bytes_compare(x->node_name, y->node_name);
}

static enum err gather_cases(struct gatherer *g, struct err_text *why)
{
	struct index_case *cases;
	struct inbox box;
	size_t count = 0;
	enum err e = index_list_cases(&cases, &count, replica_index(g->r), &g->s->arena);
	for (size_t i = 0; i < count && !e; i++) {
		struct casefile *f;
		e = replica_case(&f, g->r, &cases[i].id, why);
		for (uint32_t k = 0; !e && k < f->count; k++)
			if (f->changes[k].change->time > g->s->newest)
				g->s->newest = f->changes[k].change->time;
		if (e == ERR_MISSING)
			e = ERR_OK;
	}
	g->s->cases = count;
	if (!e && !replica_is_locked(g->r)) {
		e = inbox_gather(&box, g->r, NULL, NULL, why);
		g->s->open = box.open;
		g->s->chosen = box.count - box.open;
		inbox_clear(&box);
	}
	return e;
}

enum err status_gather(struct status *out, struct replica *r, struct err_text *why)
{
	struct gatherer g = { .s = out, .r = r };
	struct index_gap *gaps;
	size_t gap_count = 0;
	*out = (struct status){ .now = ports_now(replica_ports(r)) };
	arena_init(&out->arena, STATUS_MEMORY);
	enum err e = config_read(&g.config, replica_home(r), why);
	if (e)
		return e;
	e = gather_peers(&g);
	if (!e && out->peer_count > 1)
		qsort(out->peers, out->peer_count, sizeof *out->peers, compare_peers);
	if (!e)
		e = gather_cases(&g, why);
	if (!e)
		e = index_list_gaps(&gaps, &gap_count, replica_index(r), &out->arena, STATUS_GAPS_MAX);
	out->gaps = gap_count;
	if (!e)
		e = journal_count_pending(&out->pending, replica_journal(r));
	if (!e)
		e = fs_free_space(&out->disk_free, replica_home(r), why);
	config_clear(&g.config);
	return e;
}

void status_clear(struct status *s)
{
	arena_clear(&s->arena);
	s->peer_count = 0;
}

static void put_peer(struct json_out *o, const struct status_peer *p)
{
	json_put_open(o, '{');
	put_member_int(o, "site", p->site);
	put_member_text(o, "site_name", p->site_name);
	put_member_text(o, "node_name", p->node_name);
	put_member_hex(o, "node", p->node.b, sizeof p->node.b);
	json_put_key(o, "address");
	if (p->address)
		json_put_cstr(o, p->address);
	else
		json_put_null(o);
	put_member_int(o, "to_send", (int64_t)p->to_send);
	put_member_int(o, "equal", p->equal);
	put_member_int(o, "tried", p->tried);
	put_member_cstr(o, "error", p->error);
	json_put_close(o, '}');
}

enum err status_json(struct json_out *o, const struct status *s, const struct replica *r)
{
	const struct charter *c = replica_charter(r);
	const struct charter_entry *site = charter_site(c, replica_site(r));
	const struct charter_entry *node = charter_node(c, replica_node(r));
	json_put_open(o, '{');
	put_member_hex(o, "federation", charter_federation(c)->b, 32);
	put_member_text(o, "federation_name", charter_first(c)->statement->as.found.name);
	put_member_int(o, "site", replica_site(r));
	put_member_text(o, "site_name", site ? site->statement->as.site.name : bytes_text(""));
	put_member_hex(o, "node", replica_node(r)->b, sizeof replica_node(r)->b);
	put_member_text(o, "node_name", node ? node->statement->as.node.name : bytes_text(""));
	put_member_bool(o, "locked", replica_is_locked(r));
	put_member_int(o, "time", (int64_t)s->now);
	put_member_int(o, "newest", (int64_t)s->newest);
	put_member_int(o, "cases", (int64_t)s->cases);
	put_member_int(o, "changes", (int64_t)s->changes);
	put_member_int(o, "unconfirmed", (int64_t)s->unconfirmed);
	put_member_int(o, "pending", (int64_t)s->pending);
	put_member_int(o, "gaps", (int64_t)s->gaps);
	put_member_int(o, "open", s->open);
	put_member_int(o, "chosen", s->chosen);
	put_member_int(
		o, "disk_free", s->disk_free > INT64_MAX / 1024 ? INT64_MAX / 1024 : (int64_t)s->disk_free);
	put_member_open(o, "peers", '[');
	for (uint32_t i = 0; i < s->peer_count; i++)
		put_peer(o, &s->peers[i]);
	json_put_close(o, ']');
	json_put_close(o, '}');
	return buf_err(o->buf);
}
