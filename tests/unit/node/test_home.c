/* The small files of a home: its identity, its keys, its config. */
#include "node/config.h"
#include "node/fs.h"
#include "node/identity.h"
#include "node/keystore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/temp_home.h"

static char home[FS_PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	char keys[FS_PATH_MAX];
	temp_home_make(home);
	return crypto_init() || fs_path(keys, "%s/keys", home) || fs_make_dir(keys, NULL, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	temp_home_remove(home);
	return 0;
}

static void path_of(char out[FS_PATH_MAX], const char *file)
{
	assert_int_equal(fs_path(out, "%s/%s", home, file), ERR_OK);
}

static void put_file(const char *file, const char *text)
{
	char path[FS_PATH_MAX];
	path_of(path, file);
	assert_int_equal(fs_write_file(path, bytes_text(text), 0600, NULL, NULL), ERR_OK);
}

/* ---- Identity */

static bool is_same(const struct incarnation_id *recorded)
{
	struct incarnation_id found;
	bool same;
	assert_int_equal(identity_check(&same, &found, home, NULL), ERR_OK);
	return same && incarnation_id_equal(&found, recorded);
}

static void a_home_is_the_same_until_its_marker_changes(void **state)
{
	(void)state;
	struct incarnation_id inc = { { 1, 2, 3 } };
	char path[FS_PATH_MAX];
	assert_false(is_same(&inc)); /* nothing was recorded */
	assert_int_equal(identity_record(home, &inc, NULL), ERR_OK);
	assert_true(is_same(&inc));
	put_file("marker", "a copy");
	assert_false(is_same(&inc));
	assert_int_equal(identity_record(home, &inc, NULL), ERR_OK);
	assert_true(is_same(&inc));
	path_of(path, "marker");
	assert_int_equal(fs_remove(path, NULL), ERR_OK);
	assert_false(is_same(&inc));
}

static void an_identity_that_is_not_ours_is_not_believed(void **state)
{
	(void)state;
	struct incarnation_id inc = { { 1, 2, 3 } };
	assert_int_equal(identity_record(home, &inc, NULL), ERR_OK);
	put_file("identity", "boot never device 0 inode 0 changed 0.000000000 0102030000000000\n");
	assert_false(is_same(&inc));
	put_file("identity", "");
	assert_false(is_same(&inc));
}

/* ---- Keys */

static void a_key_opens_with_its_passphrase_and_is_never_overwritten(void **state)
{
	(void)state;
	struct sign_key made, read;
	struct key_lock lock = { bytes_text("right"), KDF_INTERACTIVE };
	struct passphrases none = { .count = 0 }, wrong = { { bytes_text("wrong") }, 1 },
					   both = { { bytes_text("wrong"), bytes_text("right") }, 2 };
	assert_int_equal(officer_key_new(&made, &ports_real), ERR_OK);
	assert_int_equal(keystore_read_root(&read, home, &both, NULL), ERR_NOT_FOUND);
	assert_int_equal(keystore_write_root(home, &made, &lock, &ports_real, NULL), ERR_OK);
	assert_int_equal(keystore_write_root(home, &made, &lock, &ports_real, NULL), ERR_EXISTS);
	assert_int_equal(keystore_read_root(&read, home, &none, NULL), ERR_NO_KEY);
	assert_int_equal(keystore_read_root(&read, home, &wrong, NULL), ERR_NO_KEY);
	assert_int_equal(keystore_read_root(&read, home, &both, NULL), ERR_OK);
	assert_memory_equal(read.public_key, made.public_key, SIGN_KEY_SIZE);
	sign_key_clear(&made);
	sign_key_clear(&read);
}

/* ---- Config */

static void a_peers_address_changes_in_its_place_and_comments_stay(void **state)
{
	(void)state;
	struct config c;
	struct buf text;
	char path[FS_PATH_MAX];
	put_file("config", "# ours\nlisten = 0.0.0.0:7420\npeer = central 192.0.2.1:7420\npeer = lawyer a:1\n");
	assert_int_equal(config_put_peer(home, "central", "192.0.2.9:1", NULL), ERR_OK);
	assert_int_equal(config_put_peer(home, "medical", "b:2", NULL), ERR_OK);
	buf_init(&text, CONFIG_SIZE_MAX);
	path_of(path, "config");
	assert_int_equal(fs_read_file(&text, path, NULL), ERR_OK);
	assert_string_equal(buf_text(&text),
		"# ours\nlisten = 0.0.0.0:7420\npeer = central 192.0.2.9:1\npeer = lawyer a:1\npeer = medical b:2\n");
	buf_clear(&text);
	assert_int_equal(config_read(&c, home, NULL), ERR_OK);
	assert_int_equal(c.peer_count, 3);
	assert_string_equal(config_find_peer(&c, "central")->address, "192.0.2.9:1");
	assert_null(config_find_peer(&c, "police"));
	config_clear(&c);
}

static void a_line_that_is_none_is_named_and_not_guessed(void **state)
{
	(void)state;
	static const char *const bad[] = { "listen\n", "# ok\nlistne = a:1\n", "peer = central\n", "peer =\n" };
	struct config c;
	struct err_text why = { "" };
	assert_int_equal(config_read(&c, home, NULL), ERR_OK); /* none at all is an empty one */
	config_clear(&c);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		put_file("config", bad[i]);
		assert_int_equal(config_read(&c, home, &why), ERR_FORMAT);
		assert_non_null(strstr(why.text, i == 1 ? "line 2" : "line 1"));
	}
	assert_int_equal(config_put_peer(home, "a b", "c:1", NULL), ERR_FORMAT);
	assert_int_equal(config_put_peer(home, "a", "c:1\npeer = d e:1", NULL), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_home_is_the_same_until_its_marker_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_identity_that_is_not_ours_is_not_believed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_key_opens_with_its_passphrase_and_is_never_overwritten, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_peers_address_changes_in_its_place_and_comments_stay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_line_that_is_none_is_named_and_not_guessed, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
