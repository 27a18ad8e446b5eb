/* The journal: incarnations, what checkpoints name, the read log. */
#include "tests/support/federation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "node/fs.h"
#include "tests/support/journal_book.h"
#include "tests/support/temp_home.h"

static struct federation fed;
static struct fed_site *centre, *budel;

static int set_up(void **state)
{
	(void)state;
	federation_init(&fed, 11);
	centre = federation_add(
		&fed, "central", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS, "ind_registrar,ind_officer");
	budel = federation_add(&fed, "budel", SITE_RECEPTION, 0, "coa");
	federation_open(&fed, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	federation_clear(&fed);
	return 0;
}

static void assert_each_named(struct fed_site *s, size_t times)
{
	struct journal_book b;
	struct index_change *rows;
	size_t count;
	journal_book_open(&b, s->replica);
	assert_int_equal(
		index_list_since(&rows, &count, replica_index(s->replica), &b.arena, 0, SIZE_MAX / 2), ERR_OK);
	for (size_t i = 0; i < count; i++)
		if (rows[i].peer == 0)
			assert_int_equal(journal_book_named(&b, &rows[i].id), times);
	journal_book_close(&b);
}

static void checkpoint(struct fed_site *s)
{
	assert_int_equal(replica_lock(s->replica, NULL), ERR_OK);
	assert_int_equal(journal_checkpoint(replica_journal(s->replica), NULL), ERR_OK);
	replica_unlock(s->replica);
}

static void show(struct fed_site *s, const struct case_id *id)
{
	struct entry showed = { .kind = ENTRY_SHOWED, .as.showed = { .cases = id, .case_count = 1 } };
	showed.as.showed.time = s->random.now;
	assert_int_equal(replica_lock(s->replica, NULL), ERR_OK);
	assert_int_equal(journal_show(replica_journal(s->replica), &showed, NULL), ERR_OK);
	replica_unlock(s->replica);
}

static uint64_t pending(struct fed_site *s)
{
	uint64_t count;
	assert_int_equal(journal_count_pending(&count, replica_journal(s->replica)), ERR_OK);
	return count;
}

static uint32_t pending_reads(struct fed_site *s)
{
	const struct entry *reads;
	uint32_t count;
	struct arena a;
	arena_init(&a, 1 << 24);
	assert_int_equal(journal_pending_reads(&reads, &count, replica_journal(s->replica), &a, NULL), ERR_OK);
	arena_clear(&a);
	return count;
}

static struct store *copy_store(struct fed_site *s)
{
	struct store *copy;
	assert_int_equal(store_mem_copy(&copy, replica_store(s->replica)), ERR_OK);
	return copy;
}

/* Closes it and opens it again on this store (in memory). */
static void live_again(struct fed_site *s, struct store *store)
{
	replica_close(s->replica);
	s->replica = NULL;
	federation_open_site(&fed, s, NULL, true, store);
}

/* ---- Incarnations */

static void a_new_life_opens_behind_the_last_head(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	struct checkpoint_id head = *journal_head(replica_journal(budel->replica));
	struct incarnation_id first = *journal_incarnation(replica_journal(budel->replica));
	assert_int_equal(journal_sequence(replica_journal(budel->replica)), 1);
	live_again(budel, copy_store(budel));
	fed_edit(budel, &opened.case_id, OP_SET, "contact.phone", "\"0612345678\"", NULL);
	struct journal *j = replica_journal(budel->replica);
	assert_false(incarnation_id_equal(journal_incarnation(j), &first));
	assert_int_equal(journal_sequence(j), 0);
	struct buf commit;
	struct checkpoint *c;
	struct arena a;
	arena_init(&a, 1 << 22);
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	assert_int_equal(store_read(&commit, replica_store(budel->replica), STORE_COMMIT, journal_head_git(j),
						 CHECKPOINT_WIRE_MAX, NULL),
		ERR_OK);
	assert_int_equal(checkpoint_parse_commit(&c, &a, buf_bytes(&commit), NULL), ERR_OK);
	assert_true(checkpoint_id_equal(&c->previous, &head));
	assert_true(c->has_parent);
	buf_clear(&commit);
	arena_clear(&a);
	checkpoint(budel);
	assert_each_named(budel, 1);
}

static void a_clone_shows_as_two_incarnations_from_one_head(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	struct checkpoint_id head = *journal_head(replica_journal(budel->replica));
	struct incarnation_id lives[2];
	struct checkpoint_id previous[2];
	struct store *disks[2] = { copy_store(budel), copy_store(budel) };
	for (size_t i = 0; i < 2; i++) {
		struct journal_book b;
		live_again(budel, disks[i]);
		fed_edit(budel, &opened.case_id, OP_SET, "contact.phone", "\"0612345678\"", NULL);
		journal_book_open(&b, budel->replica);
		lives[i] = b.rows[b.count - 1].incarnation;
		assert_int_equal(b.rows[b.count - 1].sequence, 0);
		previous[i] = b.rows[b.count - 2].id;
		journal_book_close(&b);
	}
	assert_false(incarnation_id_equal(&lives[0], &lives[1]));
	assert_true(checkpoint_id_equal(&previous[0], &head));
	assert_true(checkpoint_id_equal(&previous[1], &head));
}

static void without_the_site_key_a_rebuilt_journal_goes_on_behind_its_head(void **state)
{
	(void)state;
	fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	struct checkpoint_id head = *journal_head(replica_journal(budel->replica));
	budel->locked = true;
	live_again(budel, copy_store(budel)); /* a fresh index: J is out of reach */
	assert_true(checkpoint_id_equal(journal_head(replica_journal(budel->replica)), &head));
	assert_int_equal(replica_lock(budel->replica, NULL), ERR_OK);
	assert_int_equal(journal_ensure(replica_journal(budel->replica), NULL), ERR_OK);
	replica_unlock(budel->replica);
	assert_int_equal(journal_sequence(replica_journal(budel->replica)), 0);
	assert_false(checkpoint_id_equal(journal_head(replica_journal(budel->replica)), &head));
}

static void a_home_that_is_opened_again_is_the_same_life_and_a_copy_is_not(void **state)
{
	(void)state;
	char home[FS_PATH_MAX], path[FS_PATH_MAX];
	temp_home_make(home);
	replica_close(budel->replica);
	federation_open_site(&fed, budel, home, false, NULL);
	fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	struct incarnation_id first = *journal_incarnation(replica_journal(budel->replica));
	replica_close(budel->replica);
	federation_open_site(&fed, budel, home, false, NULL);
	fed_open(budel, "case.reported_on", "\"2026-02-03\"");
	assert_true(incarnation_id_equal(journal_incarnation(replica_journal(budel->replica)), &first));
	replica_close(budel->replica);
	/* What a copy or a restore does to the marker. */
	assert_int_equal(fs_path(path, "%s/marker", home), ERR_OK);
	struct buf marker;
	buf_init(&marker, 4096);
	assert_int_equal(fs_read_file(&marker, path, NULL), ERR_OK);
	assert_int_equal(fs_write_file(path, buf_bytes(&marker), 0600, NULL, NULL), ERR_OK);
	buf_clear(&marker);
	federation_open_site(&fed, budel, home, false, NULL);
	fed_open(budel, "case.reported_on", "\"2026-02-04\"");
	assert_false(incarnation_id_equal(journal_incarnation(replica_journal(budel->replica)), &first));
	checkpoint(budel);
	assert_each_named(budel, 1);
	replica_close(budel->replica);
	budel->replica = NULL;
	temp_home_remove(home);
}

/* ---- What checkpoints name */

static void nothing_new_makes_no_checkpoint(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	struct checkpoint_id head = *journal_head(replica_journal(budel->replica));
	bool news = true;
	assert_int_equal(journal_has_news(&news, replica_journal(budel->replica)), ERR_OK);
	assert_false(news);
	checkpoint(budel);
	assert_true(checkpoint_id_equal(journal_head(replica_journal(budel->replica)), &head));
	/* The control. */
	fed_edit(budel, &opened.case_id, OP_SET, "contact.phone", "\"0612345678\"", NULL);
	checkpoint(budel);
	assert_false(checkpoint_id_equal(journal_head(replica_journal(budel->replica)), &head));
}

static void every_own_change_is_named_once_whatever_is_rebuilt_in_between(void **state)
{
	(void)state;
	struct edit_result first = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	fed_copy(centre, budel);
	fed_edit(centre, &first.case_id, OP_SET, "case.responsible_office", "\"zevenaar\"", NULL);
	fed_open(budel, "case.reported_on", "\"2026-02-03\"");
	fed_copy(budel, centre); /* behind the own one that waits */
	assert_int_equal(replica_reindex(budel->replica, NULL), ERR_OK);
	assert_true(pending(budel) > 0);
	fed_open(budel, "case.reported_on", "\"2026-02-04\"");
	checkpoint(budel);
	assert_int_equal(replica_reindex(budel->replica, NULL), ERR_OK);
	assert_int_equal(pending(budel), 0);
	checkpoint(budel);
	assert_each_named(budel, 1);
	live_again(budel, copy_store(budel));
	fed_open(budel, "case.reported_on", "\"2026-02-05\"");
	checkpoint(budel);
	assert_each_named(budel, 1);
}

/* Rows as if so many changes had been written. */
static void pretend_written(struct fed_site *s, uint32_t count)
{
	struct index *ix = replica_index(s->replica);
	struct index_change c = { .case_no = 1, .cover = INDEX_NOT_COVERED };
	assert_int_equal(index_begin(ix, NULL), ERR_OK);
	for (uint32_t i = 0; i < count; i++) {
		memset(c.id.b, 0, sizeof c.id.b);
		memcpy(c.id.b, &i, sizeof i);
		memcpy(c.git.b, &i, sizeof i);
		assert_int_equal(index_add_change(ix, &c), ERR_OK);
	}
	assert_int_equal(index_commit(ix, NULL), ERR_OK);
}

static void one_checkpoint_names_all_that_may_wait(void **state)
{
	(void)state;
	fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	uint64_t sequence = journal_sequence(replica_journal(budel->replica));
	pretend_written(budel, JOURNAL_WAITING_MAX);
	checkpoint(budel);
	assert_int_equal(journal_sequence(replica_journal(budel->replica)), sequence + 1);
	assert_int_equal(pending(budel), 0);
	struct journal_book b;
	journal_book_open(&b, budel->replica);
	assert_int_equal(b.entries[b.count - 1][0].as.wrote.count, JOURNAL_WAITING_MAX);
	journal_book_close(&b);
}

static void entry_makes_a_checkpoint_before_too_much_waits(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	pretend_written(budel, JOURNAL_PENDING_MAX - 1);
	struct checkpoint_id head = *journal_head(replica_journal(budel->replica));
	fed_edit(budel, &opened.case_id, OP_SET, "contact.phone", "\"0612345678\"", NULL);
	assert_true(checkpoint_id_equal(journal_head(replica_journal(budel->replica)), &head));
	fed_edit(budel, &opened.case_id, OP_SET, "contact.phone", "\"0612345679\"", NULL);
	assert_false(checkpoint_id_equal(journal_head(replica_journal(budel->replica)), &head));
	assert_int_equal(pending(budel), 1);
}

static void what_one_checkpoint_does_not_take_goes_into_further_ones(void **state)
{
	(void)state;
	enum { CASES = 70000, OWN = 2 * JOURNAL_WAITING_MAX + 5 };
	struct index *ix = replica_index(budel->replica);
	fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	struct entry disclosed = { .kind = ENTRY_DISCLOSED, .as.disclosed = { .time = 1, .site = 1 } };
	uint64_t sequence = journal_sequence(replica_journal(budel->replica));
	assert_int_equal(index_begin(ix, NULL), ERR_OK);
	for (uint32_t i = 0; i < CASES; i++) {
		memcpy(disclosed.as.disclosed.case_id.b, &i, sizeof i);
		assert_int_equal(journal_disclose(replica_journal(budel->replica), &disclosed), ERR_OK);
	}
	assert_int_equal(index_commit(ix, NULL), ERR_OK);
	pretend_written(budel, OWN);
	checkpoint(budel);
	assert_true(journal_sequence(replica_journal(budel->replica)) > sequence + 1);
	assert_int_equal(pending(budel), 0);
	struct journal_book b;
	size_t named = 0;
	journal_book_open(&b, budel->replica);
	assert_int_equal(journal_book_count(&b, ENTRY_DISCLOSED), CASES);
	for (size_t i = b.count - 1; b.rows[i].sequence > sequence; i--) {
		for (uint32_t k = 0; k < b.entry_counts[i]; k++)
			named += b.entries[i][k].kind == ENTRY_WROTE ? b.entries[i][k].as.wrote.count : 0;
		assert_int_equal(b.rows[i].no, b.rows[i - 1].no + 1);
	}
	assert_int_equal(named, OWN);
	journal_book_close(&b);
	bool news;
	assert_int_equal(journal_has_news(&news, replica_journal(budel->replica)), ERR_OK);
	assert_false(news);
}

/* ---- Reads */

static void a_read_waits_in_the_log_until_a_checkpoint_takes_it_in(void **state)
{
	(void)state;
	struct journal_book b;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	checkpoint(budel);
	show(budel, &opened.case_id);
	show(budel, &opened.case_id);
	assert_int_equal(pending_reads(budel), 2);
	assert_int_equal(pending(budel), 2);
	journal_book_open(&b, budel->replica);
	assert_int_equal(journal_book_count(&b, ENTRY_SHOWED), 0);
	journal_book_close(&b);
	checkpoint(budel);
	assert_int_equal(pending_reads(budel), 0);
	journal_book_open(&b, budel->replica);
	assert_int_equal(journal_book_count(&b, ENTRY_SHOWED), 2);
	assert_true(case_id_equal(&b.entries[b.count - 1][0].as.showed.cases[0], &opened.case_id));
	journal_book_close(&b);
}

static void many_reads_make_a_checkpoint_of_their_own(void **state)
{
	(void)state;
	struct journal_book b;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	for (int i = 0; i < JOURNAL_PENDING_MAX + 1; i++)
		show(budel, &opened.case_id);
	assert_int_equal(pending_reads(budel), 1);
	journal_book_open(&b, budel->replica);
	assert_int_equal(journal_book_count(&b, ENTRY_SHOWED), JOURNAL_PENDING_MAX);
	journal_book_close(&b);
}

/* Opens budel on a folder and, as a second process would, once more. */
static struct replica *open_twice(char home[FS_PATH_MAX])
{
	temp_home_make(home);
	replica_close(budel->replica);
	federation_open_site(&fed, budel, home, false, NULL);
	fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	struct replica *first = budel->replica;
	federation_open_site(&fed, budel, home, false, NULL);
	return first;
}

static void swap(struct replica **other)
{
	struct replica *r = budel->replica;
	budel->replica = *other;
	*other = r;
}

static void two_processes_keep_one_read_log(void **state)
{
	(void)state;
	char home[FS_PATH_MAX];
	struct replica *other = open_twice(home);
	const struct case_id id = { { 1 } };
	for (int i = 0; i < 5; i++) {
		show(budel, &id);
		swap(&other);
	}
	assert_int_equal(pending_reads(budel), 5);
	checkpoint(budel);
	swap(&other);
	assert_int_equal(pending_reads(budel), 0);
	show(budel, &id);
	checkpoint(budel);
	struct journal_book b;
	journal_book_open(&b, budel->replica);
	assert_int_equal(journal_book_count(&b, ENTRY_SHOWED), 6);
	journal_book_close(&b);
	replica_close(other);
	replica_close(budel->replica);
	budel->replica = NULL;
	temp_home_remove(home);
}

static void a_record_that_a_crash_cut_off_harms_no_other(void **state)
{
	(void)state;
	char home[FS_PATH_MAX], path[FS_PATH_MAX];
	struct replica *other = open_twice(home);
	const struct case_id id = { { 1 } };
	struct fs_names names;
	show(budel, &id);
	path[0] = '\0';
	assert_int_equal(fs_list(&names, home, NULL), ERR_OK);
	for (size_t i = 0; i < names.count; i++)
		if (strncmp(names.names[i], "readlog-", 8) == 0)
			assert_int_equal(fs_path(path, "%s/%s", home, names.names[i]), ERR_OK);
	fs_names_clear(&names);
	struct fs_append log;
	static const uint8_t torn[] = { 0, 0, 0, 200, 1, 2, 3 };
	assert_int_equal(fs_append_open(&log, path, NULL, NULL), ERR_OK);
	assert_int_equal(fs_append_put(&log, bytes_of(torn, sizeof torn), NULL), ERR_OK);
	fs_append_close(&log);
	assert_int_equal(pending_reads(budel), 1);
	show(budel, &id);
	assert_int_equal(pending_reads(budel), 2);
	checkpoint(budel);
	assert_false(fs_exists(path));
	replica_close(other);
	replica_close(budel->replica);
	budel->replica = NULL;
	temp_home_remove(home);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_new_life_opens_behind_the_last_head),
		TEST(a_clone_shows_as_two_incarnations_from_one_head),
		TEST(without_the_site_key_a_rebuilt_journal_goes_on_behind_its_head),
		TEST(a_home_that_is_opened_again_is_the_same_life_and_a_copy_is_not),
		TEST(nothing_new_makes_no_checkpoint),
		TEST(every_own_change_is_named_once_whatever_is_rebuilt_in_between),
		TEST(one_checkpoint_names_all_that_may_wait),
		TEST(entry_makes_a_checkpoint_before_too_much_waits),
		TEST(what_one_checkpoint_does_not_take_goes_into_further_ones),
		TEST(a_read_waits_in_the_log_until_a_checkpoint_takes_it_in),
		TEST(many_reads_make_a_checkpoint_of_their_own),
		TEST(two_processes_keep_one_read_log),
		TEST(a_record_that_a_crash_cut_off_harms_no_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
