/* Membership over homes on disk: founding, asking, admitting, joining; and that a refusal changes nothing. */
#include "node/membership.h"

#include "node/fs.h"
#include "tests/support/temp_home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static char room[FS_PATH_MAX], home[FS_PATH_MAX], other[FS_PATH_MAX];
static struct err_text why;
static struct buf request, welcome;

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(crypto_init(), ERR_OK);
	temp_home_make(room);
	assert_int_equal(fs_path(home, "%s/central", room), ERR_OK);
	assert_int_equal(fs_path(other, "%s/site", room), ERR_OK);
	buf_init(&request, REQUEST_FILE_MAX);
	buf_init(&welcome, WELCOME_FILE_MAX);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_clear(&request);
	buf_clear(&welcome);
	temp_home_remove(room);
	return 0;
}

static const struct membership_locks open_locks = { { .cost = KDF_NONE }, { .cost = KDF_NONE } };

static enum err found(const char *site)
{
	struct federation_id id;
	struct membership_founding f = {
		.home = home, .federation = "Asylum chain", .site = site, .locks = open_locks, .ports = ports_real
	};
	return membership_found(&id, &f, &why);
}

static enum err ask(const char *site)
{
	struct membership_asking q = {
		.home = other, .site = site, .officer = "k.jansen", .locks = open_locks, .ports = ports_real
	};
	buf_reset(&request);
	return membership_request(&request, &q, &why);
}

static struct replica *open_home(const char *path)
{
	static const struct passphrases none;
	struct node_keys node;
	struct site_keys site;
	struct replica *r;
	assert_int_equal(keystore_read_node(&node, path, &none, &why), ERR_OK);
	assert_int_equal(keystore_read_site(&site, path, &none, &why), ERR_OK);
	struct replica_config config = {
		.home = path, .ports = ports_real, .keys = &node, .site_keys = &site, .who = "test"
	};
	assert_int_equal(replica_open(&r, &config, &why), ERR_OK);
	return r;
}

/* Admits the request at hand into the founded home. */
static enum err admit(uint32_t site_role, role_set roles)
{
	static const struct passphrases none;
	struct sign_key root;
	struct replica *r = open_home(home);
	struct membership_admission a = {
		.request = buf_bytes(&request), .site_role = site_role, .roles = roles, .root = &root
	};
	assert_int_equal(keystore_read_root(&root, home, &none, &why), ERR_OK);
	assert_int_equal(replica_form_named(&a.form, r, "asylum", &why), ERR_OK);
	buf_reset(&welcome);
	enum err e = membership_admit(&welcome, r, &a, &why);
	sign_key_clear(&root);
	replica_close(r);
	return e;
}

static enum err join(struct bytes file)
{
	static const struct passphrases none;
	struct node_keys node;
	struct site_keys site;
	uint32_t number;
	assert_int_equal(keystore_read_node(&node, other, &none, NULL), ERR_OK);
	assert_int_equal(keystore_read_site(&site, other, &none, NULL), ERR_OK);
	enum err e = membership_join(&number, other, file, &node, &site, &ports_real, &why);
	node_keys_clear(&node);
	site_keys_clear(&site);
	return e;
}

static void a_site_comes_in_by_two_files(void **state)
{
	(void)state;
	assert_int_equal(found("central"), ERR_OK);
	assert_int_equal(ask("terapel"), ERR_OK);
	assert_int_equal(admit(SITE_RECEPTION, 0), ERR_OK);
	assert_int_equal(join(buf_bytes(&welcome)), ERR_OK);
	struct replica *r = open_home(other);
	const struct charter *c = replica_charter(r);
	assert_int_equal(replica_site(r), 2);
	const struct charter_entry *officer = charter_officer_named(c, 2, bytes_text("k.jansen"), NULL);
	assert_non_null(officer);
	const struct form *form;
	assert_int_equal(replica_form_named(&form, r, "asylum", &why), ERR_OK);
	assert_true(charter_site_roles(c, 2, form->number) == form->site_roles[SITE_RECEPTION]);
	assert_true(charter_may_appoint(c, 2, &officer->statement->as.appoint.officer, form->number)
		== form->site_roles[SITE_RECEPTION]);
	assert_true(charter_is_custodian(c, 1) && charter_reads_journals(c, 1));
	assert_false(charter_is_custodian(c, 2) || charter_reads_journals(c, 2));
	replica_close(r);
}

static void admitting_again_states_nothing_twice(void **state)
{
	struct buf first;
	(void)state;
	buf_init(&first, WELCOME_FILE_MAX);
	assert_int_equal(found("central"), ERR_OK);
	assert_int_equal(ask("terapel"), ERR_OK);
	assert_int_equal(admit(SITE_RECEPTION, 0), ERR_OK);
	buf_put_bytes(&first, buf_bytes(&welcome));
	assert_int_equal(admit(SITE_RECEPTION, 0), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&first), buf_bytes(&welcome)));
	buf_clear(&first);
}

static void a_relay_has_no_officers(void **state)
{
	(void)state;
	assert_int_equal(found("central"), ERR_OK);
	assert_int_equal(ask("relay"), ERR_OK);
	assert_int_equal(admit(SITE_RELAY, 0), ERR_OK);
	struct replica *r = open_home(home);
	assert_true(charter_is_custodian(replica_charter(r), 2));
	assert_null(charter_officer_named(replica_charter(r), 2, bytes_text("k.jansen"), NULL));
	replica_close(r);
}

static void every_truncated_welcome_is_refused_and_changes_nothing(void **state)
{
	char store[FS_PATH_MAX];
	(void)state;
	assert_int_equal(found("central"), ERR_OK);
	assert_int_equal(ask("terapel"), ERR_OK);
	assert_int_equal(admit(SITE_RECEPTION, 0), ERR_OK);
	assert_int_equal(fs_path(store, "%s/store.git", other), ERR_OK);
	for (size_t size = 0; size < welcome.size; size += 1 + size / 7)
		assert_int_equal(join(bytes_of(welcome.data, size)), ERR_FORMAT);
	assert_false(fs_exists(store));
	/* The control: the whole one is taken. */
	assert_int_equal(join(buf_bytes(&welcome)), ERR_OK);
	assert_int_equal(join(buf_bytes(&welcome)), ERR_EXISTS);
}

static void a_welcome_for_another_node_is_refused(void **state)
{
	struct buf theirs;
	char store[FS_PATH_MAX];
	(void)state;
	buf_init(&theirs, WELCOME_FILE_MAX);
	assert_int_equal(found("central"), ERR_OK);
	assert_int_equal(ask("terapel"), ERR_OK);
	assert_int_equal(admit(SITE_RECEPTION, 0), ERR_OK);
	buf_put_bytes(&theirs, buf_bytes(&welcome));
	temp_home_remove(other);
	assert_int_equal(ask("budel"), ERR_OK);
	assert_int_equal(join(buf_bytes(&theirs)), ERR_REFUSED);
	assert_non_null(strstr(why.text, "not for this node"));
	assert_int_equal(fs_path(store, "%s/store.git", other), ERR_OK);
	assert_false(fs_exists(store));
	/* A name that is another site's is not given away. */
	temp_home_remove(other);
	assert_int_equal(ask("terapel"), ERR_OK);
	assert_int_equal(admit(SITE_RECEPTION, 0), ERR_EXISTS);
	buf_clear(&theirs);
}

static void a_refusal_leaves_no_folder_behind(void **state)
{
	struct fs_names names;
	(void)state;
	assert_int_equal(found("No Name"), ERR_USAGE);
	assert_int_equal(ask("No Name"), ERR_USAGE);
	assert_int_equal(fs_list(&names, room, &why), ERR_OK);
	assert_int_equal(names.count, 0);
	fs_names_clear(&names);
	/* Something is in the way. */
	assert_int_equal(fs_make_dir(home, NULL, &why), ERR_OK);
	char file[FS_PATH_MAX];
	assert_int_equal(fs_path(file, "%s/letter", home), ERR_OK);
	assert_int_equal(fs_write_file(file, bytes_text("x"), 0600, NULL, &why), ERR_OK);
	assert_int_equal(found("central"), ERR_EXISTS);
	assert_int_equal(fs_list(&names, room, &why), ERR_OK);
	assert_int_equal(names.count, 1);
	fs_names_clear(&names);
	/* An empty folder is none. */
	assert_int_equal(fs_remove(file, &why), ERR_OK);
	assert_int_equal(found("central"), ERR_OK);
}

static void an_officer_appoints_what_he_may_and_no_more(void **state)
{
	static const struct passphrases none;
	struct sign_key by;
	struct officer_id id;
	char path[FS_PATH_MAX];
	(void)state;
	assert_int_equal(found("central"), ERR_OK);
	assert_int_equal(ask("terapel"), ERR_OK);
	assert_int_equal(admit(SITE_RECEPTION, 0), ERR_OK);
	assert_int_equal(join(buf_bytes(&welcome)), ERR_OK);
	assert_int_equal(keystore_read_officer(&by, other, "k.jansen", &none, &why), ERR_OK);
	struct replica *r = open_home(other);
	struct membership_officer o = { .name = "dokter", .by = &by, .lock = { .cost = KDF_NONE } };
	assert_int_equal(replica_form_named(&o.form, r, "asylum", &why), ERR_OK);
	o.roles = role_bit(form_find_role(o.form, "medical")->number);
	assert_int_equal(membership_add_officer(&id, r, &o, &why), ERR_REFUSED);
	assert_int_equal(fs_path(path, "%s/keys/officers/dokter.key", other), ERR_OK);
	assert_false(fs_exists(path));
	o.name = "l.kok";
	o.roles = role_bit(form_find_role(o.form, "coa")->number);
	assert_int_equal(membership_add_officer(&id, r, &o, &why), ERR_OK);
	assert_true(charter_roles(replica_charter(r), 2, &id, o.form->number) == o.roles);
	assert_int_equal(membership_add_officer(&id, r, &o, &why), ERR_EXISTS);
	assert_int_equal(membership_retire_officer(&id, r, "l.kok", NULL, NULL, &why), ERR_REFUSED);
	assert_int_equal(membership_retire_officer(&id, r, "l.kok", &by, NULL, &why), ERR_OK);
	assert_true(charter_roles(replica_charter(r), 2, &id, o.form->number) == 0);
	assert_int_equal(membership_retire_officer(&id, r, "l.kok", &by, NULL, &why), ERR_NOT_FOUND);
	/* The first officer is the root's to retire. */
	assert_int_equal(membership_retire_officer(&id, r, "k.jansen", &by, NULL, &why), ERR_REFUSED);
	sign_key_clear(&by);
	replica_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_site_comes_in_by_two_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(admitting_again_states_nothing_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_relay_has_no_officers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			every_truncated_welcome_is_refused_and_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_welcome_for_another_node_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_refusal_leaves_no_folder_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_officer_appoints_what_he_may_and_no_more, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
