/* Whole files, appending, streams, folders. */
#include "tests/support/temp_home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[FS_PATH_MAX]; /* of the running test */

static int set_up(void **state)
{
	(void)state;
	temp_home_make(folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	temp_home_remove(folder);
	return 0;
}

static const char *in_folder(char path[FS_PATH_MAX], const char *name)
{
	assert_int_equal(fs_path(path, "%s/%s", folder, name), ERR_OK);
	return path;
}

static void assert_file(const char *path, const char *text)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	assert_int_equal(fs_read_file(&b, path, NULL), ERR_OK);
	assert_string_equal(buf_text(&b), text);
	buf_clear(&b);
}

static void a_file_is_replaced_in_one_step_and_nothing_is_left_beside_it(void **state)
{
	char path[FS_PATH_MAX];
	struct fs_stats stats = { 0 };
	struct fs_names names;
	struct fs_info info;
	(void)state;
	in_folder(path, "config");
	assert_int_equal(fs_write_file(path, bytes_text("one"), 0600, &stats, NULL), ERR_OK);
	assert_int_equal(stats.flushes, 2); /* file and folder */
	assert_int_equal(fs_write_file(path, bytes_text("two and more"), 0640, &stats, NULL), ERR_OK);
	assert_file(path, "two and more");
	assert_int_equal(fs_write_file(path, bytes_text(""), 0600, NULL, NULL), ERR_OK);
	assert_file(path, "");
	assert_int_equal(fs_stat(&info, path, NULL), ERR_OK);
	assert_int_equal(info.kind, FS_FILE);
	assert_int_equal(info.mode, 0600);
	assert_int_equal(info.owner, geteuid());
	assert_int_equal(fs_list(&names, folder, NULL), ERR_OK);
	assert_int_equal(names.count, 1);
	fs_names_clear(&names);
}

static void a_write_that_fails_leaves_the_old_file(void **state)
{
	char path[FS_PATH_MAX], blocked[FS_PATH_MAX];
	struct err_text why = { "" };
	struct fs_names names;
	(void)state;
	in_folder(path, "sub");
	assert_int_equal(fs_make_dir(path, NULL, NULL), ERR_OK);
	/* A file can't replace a folder: the rename fails after the bytes are written. */
	assert_int_equal(fs_write_file(path, bytes_text("x"), 0600, NULL, &why), ERR_IO);
	assert_non_null(strstr(why.text, path));
	assert_int_equal(fs_list(&names, folder, NULL), ERR_OK);
	assert_int_equal(names.count, 1);
	fs_names_clear(&names);
	assert_int_equal(fs_write_file(in_folder(blocked, "none/file"), bytes_text("x"), 0600, NULL, &why),
		ERR_NOT_FOUND);
}

static void reading_is_capped(void **state)
{
	char path[FS_PATH_MAX];
	struct buf b;
	struct err_text why = { "" };
	(void)state;
	in_folder(path, "file");
	assert_int_equal(fs_write_file(path, bytes_text("0123456789"), 0600, NULL, NULL), ERR_OK);
	buf_init(&b, 10);
	assert_int_equal(fs_read_file(&b, path, &why), ERR_OK);
	assert_int_equal(b.size, 10);
	buf_clear(&b);
	buf_init(&b, 9);
	assert_int_equal(fs_read_file(&b, path, &why), ERR_LIMIT);
	assert_non_null(strstr(why.text, "9 bytes"));
	buf_clear(&b);
	assert_int_equal(fs_read_file(&b, in_folder(path, "other"), &why), ERR_NOT_FOUND);
	assert_int_equal(fs_read_file(&b, folder, &why), ERR_IO);
	buf_clear(&b);
}

static void a_path_that_is_too_long_is_a_limit(void **state)
{
	char path[FS_PATH_MAX], *name = malloc(FS_PATH_MAX + 1);
	(void)state;
	assert_non_null(name);
	memset(name, 'a', FS_PATH_MAX);
	name[FS_PATH_MAX] = '\0';
	assert_int_equal(fs_path(path, "%s", name), ERR_LIMIT);
	assert_string_equal(path, "");
	assert_int_equal(fs_path(path, "%s", name + 1), ERR_OK);
	assert_int_equal(fs_write_file(path, bytes_text(""), 0600, NULL, NULL), ERR_LIMIT);
	free(name);
}

static void records_are_appended_behind_what_is_there(void **state)
{
	char path[FS_PATH_MAX];
	struct fs_append a;
	struct fs_stats stats = { 0 };
	(void)state;
	in_folder(path, "log");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fs_append_open(&a, path, &stats, NULL), ERR_OK);
		assert_int_equal(fs_append_put(&a, bytes_text("ab"), NULL), ERR_OK);
		assert_int_equal(fs_append_put(&a, bytes_text("c\n"), NULL), ERR_OK);
		fs_append_close(&a);
		fs_append_close(&a);
	}
	assert_file(path, "abc\nabc\n");
	assert_int_equal(stats.flushes, 6);
	assert_int_equal(fs_append_open(&a, folder, NULL, NULL), ERR_IO);
}

static void a_stream_is_what_was_put_whatever_the_pieces(void **state)
{
	char path[FS_PATH_MAX];
	struct fs_out out;
	struct fs_in in;
	static uint8_t data[3 * FS_OUT_BUFFER], again[3 * FS_OUT_BUFFER];
	static const size_t pieces[] = { 0, 1, 1000, FS_OUT_BUFFER - 1001, FS_OUT_BUFFER, FS_OUT_BUFFER - 1, 1 };
	size_t at = 0;
	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 31 + i / 1000);
	in_folder(path, "stream");
	assert_int_equal(fs_out_open(&out, path, 0600, NULL, NULL), ERR_OK);
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; at += pieces[i++])
		fs_out_put(&out, data + at, pieces[i]);
	assert_int_equal(at, sizeof data);
	assert_int_equal(out.size, sizeof data);
	assert_int_equal(fs_out_finish(&out, path, NULL), ERR_OK);
	assert_int_equal(fs_in_open(&in, path, NULL), ERR_OK);
	assert_int_equal(in.size, sizeof data);
	assert_int_equal(fs_in_read(&in, again, sizeof again, 0), ERR_OK);
	assert_memory_equal(again, data, sizeof data);
	assert_int_equal(fs_in_read(&in, again, 2, sizeof data - 2), ERR_OK);
	assert_memory_equal(again, data + sizeof data - 2, 2);
	assert_int_equal(fs_in_read(&in, again, 2, sizeof data - 1), ERR_FORMAT);
	assert_int_equal(fs_in_read(&in, again, 1, UINT64_MAX), ERR_FORMAT);
	fs_in_close(&in);
	assert_int_equal(fs_out_open(&out, path, 0600, NULL, NULL), ERR_EXISTS);
	fs_out_abort(&out);
}

static void names_come_sorted_and_kinds_are_told(void **state)
{
	char path[FS_PATH_MAX];
	struct fs_names names;
	struct fs_info info;
	static const char *const files[] = { "b", "B", "a", "aa", "\xc3\xa9" };
	static const char *const sorted[] = { "B", "a", "aa", "b", "d", "l", "\xc3\xa9" };
	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(fs_write_file(in_folder(path, files[i]), bytes_text(""), 0600, NULL, NULL), ERR_OK);
	assert_int_equal(fs_make_dir(in_folder(path, "d"), NULL, NULL), ERR_OK);
	assert_int_equal(fs_make_dir(path, NULL, NULL), ERR_OK);
	assert_int_equal(fs_add_dir(path, NULL), ERR_EXISTS);
	assert_int_equal(symlink("d", in_folder(path, "l")), 0);
	assert_int_equal(fs_list(&names, folder, NULL), ERR_OK);
	assert_int_equal(names.count, 7);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(names.names[i], sorted[i]);
	fs_names_clear(&names);
	assert_int_equal(fs_stat(&info, path, NULL), ERR_OK);
	assert_int_equal(info.kind, FS_OTHER); /* the link, not the folder */
	assert_int_equal(fs_stat(&info, in_folder(path, "d"), NULL), ERR_OK);
	assert_int_equal(info.kind, FS_DIR);
	assert_int_equal(fs_stat(&info, in_folder(path, "none"), NULL), ERR_OK);
	assert_int_equal(info.kind, FS_NONE);
	assert_false(fs_exists(path));
	assert_int_equal(fs_list(&names, path, NULL), ERR_NOT_FOUND);
	assert_int_equal(fs_make_dir(in_folder(path, "a"), NULL, NULL), ERR_EXISTS); /* a file */
	assert_int_equal(fs_remove(in_folder(path, "none"), NULL), ERR_NOT_FOUND);
}

static void only_the_temporary_files_of_dead_processes_are_removed(void **state)
{
	char path[FS_PATH_MAX], own[64];
	struct fs_names names;
	(void)state;
	snprintf(own, sizeof own, "tmp_config.%ld", (long)getpid());
	/* No process has that number: it is above the kernel's limit. */
	const char *const files[] = { own, "tmp_pack.4194305", "tmp_pack_a1B2c3", "tmp_x.", "tmp_x.12a",
		"x.4194305" };
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(fs_write_file(in_folder(path, files[i]), bytes_text(""), 0600, NULL, NULL), ERR_OK);
	fs_remove_stale(folder);
	assert_int_equal(fs_list(&names, folder, NULL), ERR_OK);
	assert_int_equal(names.count, 5);
	fs_names_clear(&names);
	assert_false(fs_exists(in_folder(path, "tmp_pack.4194305")));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_file_is_replaced_in_one_step_and_nothing_is_left_beside_it),
		IN_FOLDER(a_write_that_fails_leaves_the_old_file),
		IN_FOLDER(reading_is_capped),
		IN_FOLDER(a_path_that_is_too_long_is_a_limit),
		IN_FOLDER(records_are_appended_behind_what_is_there),
		IN_FOLDER(a_stream_is_what_was_put_whatever_the_pieces),
		IN_FOLDER(names_come_sorted_and_kinds_are_told),
		IN_FOLDER(only_the_temporary_files_of_dead_processes_are_removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
