/* Checkpoints: text and wire form both ways, signatures, refusals. */
#include "schema/checkpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/sample.h"
#include "tests/support/sample_journal.h"

/* Checkpoint 1, as it is signed and kept. */
static const char text_1[] =
	"tree d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1\n"
	"parent d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2\n"
	"author SHA256:4A9jyZBOhnKZvcGQ6TRFbf5Gymb41AfYvYaVmWHD+G4 <SHA256:4A9jyZBOhnKZvcGQ6TRFbf5G"
	"ymb41AfYvYaVmWHD+G4@fefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefe> 1770"
	"000001 +0000\n"
	"committer dossier <dossier@localhost> 1770000001 +0000\n"
	"gpgsig -----BEGIN SSH SIGNATURE-----\n"
	" U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAggTl3Dqh9F19Wo1Rmw0x+zMuNip\n"
	" G07jeiXfYPW4/Js5QAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\n"
	" AAAAQMIEWFAiY8aQpqw7REoK3+TjG8EdTUtMgGts7edUMMEB/wQrR4gOGmpYx979+eIuWl\n"
	" /nVwG2pb3klUGA5TM9+w4=\n"
	" -----END SSH SIGNATURE-----\n"
	"\n"
	"dossier checkpoint 1\n"
	"\n"
	"node 8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394 a3a3a3a3a3a3a3a3\n"
	"sequence 1\n"
	"entries 8d841eba087ab704816d7d3ff217f84725b4ff9e30b392cdb0924aa59d7ea0c1\n"
	"previous d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3\n"
	"head d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4\n";

static void the_text_is_pinned(void **state)
{
	(void)state;
	struct sample_checkpoint s;
	sample_checkpoint_make(&s, 1, NULL, NULL);
	assert_string_equal(buf_text(&s.commit), text_1);
	sample_checkpoint_clear(&s);
}

static void the_text_comes_back_as_the_same_checkpoint(void **state)
{
	(void)state;
	for (uint64_t sequence = 0; sequence < 2; sequence++) {
		struct sample_checkpoint s;
		struct checkpoint *c = NULL;
		struct err_text why = { "" };
		struct buf again;
		buf_init(&again, CHANGE_COMMIT_MAX);
		sample_checkpoint_make(&s, sequence, NULL, NULL);
		assert_int_equal(checkpoint_parse_commit(&c, &s.arena, buf_bytes(&s.commit), &why), ERR_OK);
		assert_string_equal(why.text, "");
		assert_int_equal(c->sequence, sequence);
		assert_int_equal(c->has_parent, sequence > 0);
		assert_int_equal(c->box_count, sequence ? 0 : 2);
		assert_int_equal(checkpoint_verify(c, buf_bytes(&s.commit)), ERR_OK);
		assert_int_equal(checkpoint_put_commit(&again, c), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&again), buf_bytes(&s.commit)));
		buf_clear(&again);
		sample_checkpoint_clear(&s);
	}
}

/* What a receiver does: to a reader the entries travel and the tree's id is computed from them. */
static enum err receive(const struct sample_checkpoint *s, struct bytes wire, bool with_entries)
{
	struct checkpoint *c = NULL;
	struct bytes entries;
	struct err_text why = { "" };
	struct arena a;
	struct buf commit;
	arena_init(&a, 1024 * 1024);
	buf_init(&commit, CHANGE_COMMIT_MAX);
	enum err e = checkpoint_parse_wire(&c, &entries, &a, &s->checkpoint.federation, wire, &why);
	assert_int_equal(c != NULL, e == ERR_OK);
	assert_int_equal(e != ERR_OK, why.text[0] != '\0');
	if (!e && with_entries) {
		assert_true(git_id_is_zero(&c->tree));
		assert_true(bytes_equal(entries, buf_bytes(&s->entries)));
		c->tree = s->checkpoint.tree;
	}
	if (!e)
		e = checkpoint_put_commit(&commit, c);
	if (!e)
		e = checkpoint_verify(c, buf_bytes(&commit));
	assert_true(e || bytes_equal(buf_bytes(&commit), buf_bytes(&s->commit)));
	arena_clear(&a);
	buf_clear(&commit);
	return e;
}

static void both_wire_forms_rebuild_the_text(void **state)
{
	(void)state;
	for (uint64_t sequence = 0; sequence < 2; sequence++) {
		struct sample_checkpoint s;
		struct buf wire;
		buf_init(&wire, CHECKPOINT_WIRE_MAX);
		sample_checkpoint_make(&s, sequence, NULL, NULL);
		assert_int_equal(checkpoint_put_wire(&wire, &s.checkpoint, buf_bytes(&s.entries)), ERR_OK);
		assert_int_equal(receive(&s, buf_bytes(&wire), true), ERR_OK);
		buf_reset(&wire);
		assert_int_equal(checkpoint_put_wire(&wire, &s.checkpoint, bytes_of(NULL, 0)), ERR_OK);
		assert_int_equal(receive(&s, buf_bytes(&wire), false), ERR_OK);
		/* Every bit and every end of it counts. */
		struct bytes bytes = buf_bytes(&wire);
		for (size_t i = 0; i < bytes.size; i++) {
			assert_int_not_equal(receive(&s, bytes_of(bytes.data, i), false), ERR_OK);
			wire.data[i] ^= (uint8_t)(1 << i % 8);
			assert_int_not_equal(receive(&s, bytes, false), ERR_OK);
			wire.data[i] ^= (uint8_t)(1 << i % 8);
		}
		buf_clear(&wire);
		sample_checkpoint_clear(&s);
	}
}

static void entries_are_those_that_are_named(void **state)
{
	(void)state;
	struct sample_checkpoint s;
	struct buf wire;
	buf_init(&wire, CHECKPOINT_WIRE_MAX);
	sample_checkpoint_make(&s, 1, NULL, NULL);
	s.entries.data[30] ^= 1;
	assert_int_equal(checkpoint_put_wire(&wire, &s.checkpoint, buf_bytes(&s.entries)), ERR_OK);
	assert_int_equal(receive(&s, buf_bytes(&wire), true), ERR_CRYPTO);
	buf_reset(&wire);
	assert_int_equal(checkpoint_put_wire(&wire, &s.checkpoint, bytes_of("0123456789", 10)), ERR_OK);
	assert_int_equal(receive(&s, buf_bytes(&wire), true), ERR_FORMAT);
	buf_clear(&wire);
	sample_checkpoint_clear(&s);
}

static void refuse(uint64_t sequence, const char *old, const char *new)
{
	struct sample_checkpoint s;
	struct checkpoint *c = NULL;
	struct err_text why = { "" };
	struct buf text;
	buf_init(&text, CHANGE_COMMIT_MAX);
	sample_checkpoint_make(&s, sequence, NULL, NULL);
	const char *commit = buf_text(&s.commit), *at = strstr(commit, old);
	assert_non_null(at);
	buf_put(&text, commit, (size_t)(at - commit));
	buf_put_text(&text, new);
	buf_put_text(&text, at + strlen(old));
	if (checkpoint_parse_commit(&c, &s.arena, buf_bytes(&text), &why) != ERR_FORMAT)
		fail_msg("taken: \"%s\" for \"%s\"", new, old);
	assert_null(c);
	assert_string_not_equal(why.text, "");
	buf_clear(&text);
	sample_checkpoint_clear(&s);
}

static void a_checkpoint_has_one_spelling(void **state)
{
	(void)state;
	refuse(1, "tree d1", "tree D1");
	refuse(1, "\nparent d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2", "");
	refuse(1, "\nauthor", "\nencoding x\nauthor");
	refuse(1, "gpgsig ", "gpgsig-sha256 junk\ngpgsig ");
	refuse(1, "U1NIU0lH", "U1NIU0lH\n ");
	refuse(1, " -----END SSH SIGNATURE-----\n", " -----END SSH SIGNATURE-----\n x\n");
	refuse(1, "dossier checkpoint 1", "dossier checkpoint 2");
	refuse(1, "dossier checkpoint 1", "dossier change 1");
	refuse(1, "\nnode 8", "\nnode 9"); /* not the key that signs */
	refuse(1, "\nsequence 1", "\nsequence 01");
	refuse(1, "\nsequence 1", "\nsequence 2147483648");
	refuse(1, "\nsequence 1", "\nsequence -1");
	refuse(0, "\nsequence 0", "\nsequence 1");
	refuse(1, "\nprevious d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3",
		"\nprevious 0000000000000000000000000000000000000000000000000000000000000000");
	refuse(1, "\nhead d4", "\nhead D4");
	refuse(1, "\nentries ", "\nentry ");
	refuse(0, "\nbox 1 1 ", "\nbox 2 1 ");
	refuse(0, "\nbox 1 1 ", "\nbox 3 1 ");
	refuse(0, "\nbox 1 1 ", "\nbox 1 0 ");
	refuse(0, "\nbox 1 1 ", "\nnote\nbox 1 1 ");
	refuse(0, "committer dossier", "committer Dossier");
	refuse(0, "1770000000 +0000\ncommitter", "17179869184 +0000\ncommitter");
}

static void a_text_ends_where_it_ends(void **state)
{
	(void)state;
	struct sample_checkpoint s;
	struct checkpoint *c = NULL;
	sample_checkpoint_make(&s, 1, NULL, NULL);
	struct bytes commit = buf_bytes(&s.commit);
	for (size_t size = 0; size < commit.size; size++)
		assert_int_equal(checkpoint_parse_commit(&c, &s.arena, bytes_of(commit.data, size), NULL),
			ERR_FORMAT);
	buf_put_text(&s.commit, "\n");
	assert_int_equal(checkpoint_parse_commit(&c, &s.arena, buf_bytes(&s.commit), NULL), ERR_FORMAT);
	sample_checkpoint_clear(&s);
}

static void only_a_first_checkpoint_may_be_without_another_before(void **state)
{
	(void)state;
	struct sample_checkpoint s;
	sample_checkpoint_make(&s, 0, NULL, NULL);
	struct checkpoint c = s.checkpoint;
	assert_int_equal(checkpoint_check(&c, NULL), ERR_OK);
	sample_fill(&c.previous, sizeof c.previous, 1);
	assert_int_equal(checkpoint_check(&c, NULL), ERR_OK); /* a head that is known by its id alone */
	c.has_parent = true;
	assert_int_equal(checkpoint_check(&c, NULL), ERR_OK);
	c.sequence = 1;
	assert_int_equal(checkpoint_check(&c, NULL), ERR_OK);
	c.has_parent = false;
	assert_int_equal(checkpoint_check(&c, NULL), ERR_FORMAT);
	c = s.checkpoint;
	c.has_parent = true;
	assert_int_equal(checkpoint_check(&c, NULL), ERR_FORMAT);
	sample_checkpoint_clear(&s);
}

/* Pinning a change where a checkpoint belongs must not work, nor the other way round. */
static void a_change_is_no_checkpoint(void **state)
{
	(void)state;
	struct sample s;
	struct sample_checkpoint p;
	struct checkpoint *c = NULL;
	struct change *change = NULL;
	const struct git_id *parents_git = NULL;
	sample_make(&s, SAMPLE_EDIT, NULL);
	sample_checkpoint_make(&p, 1, NULL, NULL);
	assert_int_equal(checkpoint_parse_commit(&c, &s.arena, buf_bytes(&s.commit), NULL), ERR_FORMAT);
	assert_int_equal(change_parse_commit(&change, &parents_git, &s.arena, buf_bytes(&p.commit), NULL),
		ERR_FORMAT);
	sample_clear(&s);
	sample_checkpoint_clear(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_pinned),
		cmocka_unit_test(the_text_comes_back_as_the_same_checkpoint),
		cmocka_unit_test(both_wire_forms_rebuild_the_text),
		cmocka_unit_test(entries_are_those_that_are_named),
		cmocka_unit_test(a_checkpoint_has_one_spelling),
		cmocka_unit_test(a_text_ends_where_it_ends),
		cmocka_unit_test(only_a_first_checkpoint_may_be_without_another_before),
		cmocka_unit_test(a_change_is_no_checkpoint),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
