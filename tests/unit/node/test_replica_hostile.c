/* Sessions among nodes of which one officer means harm, or whose standing changes late. */
#include "tests/support/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <string.h>

static struct federation fed;
static struct fed_site *central, *budel, *lawyer;

static int set_up(void **state)
{
	(void)state;
	federation_init(&fed, 12);
	central = federation_add(
		&fed, "central", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS, "ind_registrar,ind_officer,dpo");
	budel = federation_add(&fed, "budel", SITE_REGISTRATION, 0, "police_avim,coa");
	lawyer = federation_add(&fed, "lawyer", SITE_COUNSEL, 0, "lawyer");
	federation_open(&fed, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	federation_clear(&fed);
	return 0;
}

static struct wire_result sync_equal(struct fed_site *from, struct fed_site *to)
{
	struct wire_result r = wire_sync(from, to, SIZE_MAX);
	assert_int_equal(r.end[0], SESSION_EQUAL);
	assert_int_equal(r.end[1], SESSION_EQUAL);
	return r;
}

/* A case of budel's that the lawyer may read. */
static struct case_id open_for_lawyer(void)
{
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\""), granted;
	struct edit_grant g = { .site = lawyer->number };
	struct edit edit = { .case_id = opened.case_id, .officer = &budel->officer, .grants = &g,
		.grant_count = 1 };
	fed_edit(budel, &opened.case_id, OP_ADD, "identity.aliases", "\"Hayle\"", NULL);
	assert_int_equal(replica_edit(budel->replica, &edit, 1, &granted, NULL), ERR_OK);
	assert_int_equal(granted.verdict, EDIT_DONE);
	return opened.case_id;
}

/* The root takes an appointment back from the beginning, as when a key was stolen long ago. */
static void retire(struct fed_site *at, struct fed_site *whose)
{
	struct officer_id id;
	struct statement_id stated;
	memcpy(id.b, whose->officer.public_key, sizeof id.b);
	const struct charter_entry *entry =
		charter_officer(replica_charter(at->replica), whose->number, &id);
	struct statement s = { .code = STATEMENT_RETIRE, .valid = true,
		.as.retire = { .ended = entry->statement->id, .position = entry->statement->position } };
	assert_int_equal(replica_state(&stated, at->replica, &s, &fed.root, true, NULL), ERR_OK);
}

static void who_shares_follows_an_ending_that_comes_late(void **state)
{
	(void)state;
	open_for_lawyer();
	sync_equal(budel, lawyer);
	sync_equal(budel, central);
	sync_equal(lawyer, central);
	retire(central, budel);
	sync_equal(budel, central);
	sync_equal(lawyer, central);
	/* What an index knew from before is what one made anew knows. */
	assert_int_equal(replica_reindex(central->replica, NULL), ERR_OK);
	sync_equal(budel, central);
	sync_equal(lawyer, central);
	assert_int_equal(replica_reindex(lawyer->replica, NULL), ERR_OK);
	sync_equal(lawyer, central);
}

/* One first statement after the other, all by one officer: each is kept, and each is a head of his chain. */
static void fork_chain(struct fed_site *s, uint32_t count)
{
	struct arena a;
	struct officer_id id;
	arena_init(&a, 1 << 28);
	memcpy(id.b, s->officer.public_key, sizeof id.b);
	struct bytes *blobs = arena_array(&a, count, sizeof *blobs);
	assert_non_null(blobs);
	for (uint32_t i = 0; i < count; i++) {
		struct buf body, blob;
		struct statement_signatures signatures = { .count = 0 };
		struct statement node = { .code = STATEMENT_NODE, .valid = true, .federation = fed.id,
			.has_issuer = true, .issuer = id, .time = 1770000000,
			.superior = charter_officer(replica_charter(s->replica), s->number, &id)->statement->id,
			.as.node = { .site = s->number, .name = bytes_text("box") } };
		memcpy(node.as.node.node.b, s->node_keys.sign.public_key, SIGN_KEY_SIZE);
		memcpy(node.as.node.transport_key, &i, sizeof i);
		node.as.node.transport_key[31] = 1;
		buf_init(&body, STATEMENT_BLOB_MAX);
		buf_init(&blob, STATEMENT_BLOB_MAX);
		assert_int_equal(statement_encode_body(&body, &node, NULL), ERR_OK);
		assert_int_equal(statement_sign(&signatures, buf_bytes(&body), &s->officer), ERR_OK);
		assert_int_equal(statement_encode_blob(&blob, buf_bytes(&body), &signatures), ERR_OK);
		blobs[i] = bytes_of(arena_copy(&a, blob.data, blob.size), blob.size);
		buf_clear(&body);
		buf_clear(&blob);
	}
	struct admission batch = { .statements = blobs, .statement_count = count };
	assert_int_equal(replica_admit(s->replica, &batch, NULL), ERR_OK);
	assert_int_equal(charter_count(replica_charter(s->replica)), fed.blob_count + count);
	arena_clear(&a);
}

static void a_chain_forked_thousands_of_times_keeps_no_statement_back(void **state)
{
	(void)state;
	fork_chain(budel, 7000);
	sync_equal(budel, central);
	retire(central, budel);
	sync_equal(budel, central);
	assert_int_equal(charter_count(replica_charter(budel->replica)), fed.blob_count + 7001);
}

static void gaps_that_nobody_can_fill_hide_none_that_somebody_can(void **state)
{
	(void)state;
	struct case_id id = open_for_lawyer();
	sync_equal(budel, lawyer);
	fed_edit(lawyer, &id, OP_APPEND, "legal.views", "{\"file\":\"z.pdf\"}", NULL);
	sync_equal(lawyer, budel);
	sync_equal(budel, central);
	struct index *ix = replica_index(central->replica);
	struct index_case row;
	assert_int_equal(index_find_case(&row, ix, &id), ERR_OK);
	assert_int_equal(index_begin(ix, NULL), ERR_OK);
	for (uint32_t i = 0; i < 70000; i++) {
		struct index_gap gap = { .case_no = row.no, .letter = 'p', .size = 100 };
		memcpy(gap.hash.b + 4, &i, sizeof i);
		assert_int_equal(index_add_gap(ix, &gap), ERR_OK);
	}
	assert_int_equal(index_commit(ix, NULL), ERR_OK);
	/* The lawyer takes it that the change is there already, as it is: only the bytes are to be asked for. */
	struct index_peer peer;
	assert_int_equal(
		index_get_peer(&peer, replica_index(lawyer->replica), replica_node(central->replica)), ERR_OK);
	peer.sent = 1000;
	assert_int_equal(index_put_peer(replica_index(lawyer->replica), &peer, bytes_of(NULL, 0)), ERR_OK);
	struct wire_result r = sync_equal(central, lawyer);
	assert_true(r.counts[0].blobs_taken > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			who_shares_follows_an_ending_that_comes_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_chain_forked_thousands_of_times_keeps_no_statement_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			gaps_that_nobody_can_fill_hide_none_that_somebody_can, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
