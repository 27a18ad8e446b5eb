/* File calls: whole files and folders. */
#include "node/fs.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum err fs_err(int errnum)
{
	switch (errnum) {
	case 0:
		return ERR_OK;
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EEXIST:
	case ENOTEMPTY:
		return ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	case ENOMEM:
		return ERR_MEMORY;
	default:
		return ERR_IO;
	}
}

/* "cannot WHAT PATH: why", with the hint that goes with a full disk. */
static enum err fail(struct err_text *why, int errnum, const char *what, const char *path)
{
	enum err e = fs_err(errnum);
	return err_set(why, e, "cannot %s %s: %s%s", what, path, strerror(errnum),
		e == ERR_FULL ? "; nothing was changed, make room and try again" : "");
}

enum err fs_path(char out[FS_PATH_MAX], const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int size = vsnprintf(out, FS_PATH_MAX, fmt, ap);
	va_end(ap);
	if (size >= 0 && size < FS_PATH_MAX)
		return ERR_OK;
	out[0] = '\0';
	return ERR_LIMIT;
}

/* The folder that a path lies in: "a/b" in a, "b" in ".", "/b" in "/". */
static enum err parent_of(char out[FS_PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return fs_path(out, ".");
	if (slash == path)
		return fs_path(out, "/");
	return fs_path(out, "%.*s", (int)(slash - path), path);
}

/* Reads until the end of the file, or one byte more than `out` may take. */
static enum err read_all(struct buf *out, int fd, const char *path, struct err_text *why)
{
	uint8_t chunk[16 * 1024];
	for (;;) {
		ssize_t got = read(fd, chunk, sizeof chunk);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(why, errno, "read", path);
		if (got == 0)
			return ERR_OK;
		buf_put(out, chunk, (size_t)got);
		enum err e = buf_err(out);
		if (e == ERR_LIMIT)
			return err_set(why, e, "%s is larger than %zu bytes", path, out->size_max);
		if (e)
			return err_set(why, e, "no memory to read %s", path);
	}
}

enum err fs_read_file(struct buf *out, const char *path, struct err_text *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, errno, "open", path);
	enum err e = read_all(out, fd, path, why);
	close(fd);
	return e;
}

enum err fs_write_file(const char *path, struct bytes data, mode_t mode, struct fs_stats *stats,
	struct err_text *why)
{
	char folder[FS_PATH_MAX], temp[FS_PATH_MAX];
	const char *slash = strrchr(path, '/');
	if (parent_of(folder, path) || fs_path(temp, "%s/tmp_%s.%ld", folder, slash ? slash + 1 : path,
		(long)getpid()))
		return err_set(why, ERR_LIMIT, "the path is too long: %s", path);
	(void)unlink(temp); /* of an earlier try by this process */
	struct fs_out out;
	enum err e = fs_out_open(&out, temp, mode, stats, why);
	if (e)
		return e;
	fs_out_put(&out, data.data, data.size);
	e = fs_out_finish(&out, temp, why);
	if (!e)
		e = fs_rename(temp, path, why);
	if (e) {
		(void)unlink(temp);
		return e;
	}
	return fs_sync_dir(folder, stats, why);
}

enum err fs_add_dir(const char *path, struct err_text *why)
{
	return mkdir(path, 0700) == 0 ? ERR_OK : fail(why, errno, "make the folder", path);
}

enum err fs_make_dir(const char *path, struct fs_stats *stats, struct err_text *why)
{
	char folder[FS_PATH_MAX];
	struct fs_info info;
	if (parent_of(folder, path))
		return err_set(why, ERR_LIMIT, "the path is too long: %s", path);
	enum err e = fs_add_dir(path, why);
	if (e == ERR_EXISTS && !fs_stat(&info, path, NULL) && info.kind == FS_DIR)
		e = ERR_OK;
	return e ? e : fs_sync_dir(folder, stats, why);
}

enum err fs_sync_dir(const char *path, struct fs_stats *stats, struct err_text *why)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, errno, "open the folder", path);
	int failed = fsync(fd) ? errno : 0;
	close(fd);
	if (stats)
		stats->flushes++;
	return failed ? fail(why, failed, "flush the folder", path) : ERR_OK;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum err add_name(struct fs_names *n, size_t *capacity, const char *name)
{
	if (n->count == FS_NAMES_MAX)
		return ERR_LIMIT;
	if (n->count == *capacity) {
		size_t more = *capacity ? *capacity * 2 : 64;
		char **names = realloc(n->names, more * sizeof *names);
		if (!names)
			return ERR_MEMORY;
		n->names = names;
		*capacity = more;
	}
	char *copy = strdup(name);
	if (!copy)
		return ERR_MEMORY;
	n->names[n->count++] = copy;
	return ERR_OK;
}

enum err fs_list(struct fs_names *out, const char *path, struct err_text *why)
{
	*out = (struct fs_names){ 0 };
	DIR *dir = opendir(path);
	if (!dir)
		return fail(why, errno, "open the folder", path);
	enum err e = ERR_OK;
	size_t capacity = 0;
	const struct dirent *entry = NULL;
	errno = 0;
	while (!e && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			e = add_name(out, &capacity, entry->d_name);
		if (e)
			err_set(why, e, "cannot list %s: %s", path, err_name(e));
		errno = 0;
	}
	if (!e && errno)
		e = fail(why, errno, "list", path);
	closedir(dir);
	if (e)
		fs_names_clear(out);
	else if (out->count)
		qsort(out->names, out->count, sizeof *out->names, compare_names);
	return e;
}

void fs_names_clear(struct fs_names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->names[i]);
	free(n->names);
	*n = (struct fs_names){ 0 };
}

/* Whether a name is `tmp_NAME.PID` and no process PID lives.  A name without a number, such as stock
 * git's own temporary files, is none of ours. */
static bool is_stale(const char *name)
{
	const char *dot = strrchr(name, '.');
	if (strncmp(name, "tmp_", 4) != 0 || !dot || dot[1] < '1' || dot[1] > '9')
		return false;
	char *end = NULL;
	errno = 0;
	long pid = strtol(dot + 1, &end, 10);
	return errno == 0 && *end == '\0' && (pid_t)pid == pid && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

void fs_remove_stale(const char *path)
{
	struct fs_names names;
	char file[FS_PATH_MAX];
	if (fs_list(&names, path, NULL))
		return;
	for (size_t i = 0; i < names.count; i++)
		if (is_stale(names.names[i]) && !fs_path(file, "%s/%s", path, names.names[i]))
			(void)unlink(file);
	fs_names_clear(&names);
}

enum err fs_rename(const char *from, const char *to, struct err_text *why)
{
	return rename(from, to) == 0 ? ERR_OK : fail(why, errno, "rename to", to);
}

enum err fs_remove(const char *path, struct err_text *why)
{
	return unlink(path) == 0 ? ERR_OK : fail(why, errno, "remove", path);
}

enum err fs_remove_dir(const char *path, struct err_text *why)
{
	return rmdir(path) == 0 ? ERR_OK : fail(why, errno, "remove the folder", path);
}

enum err fs_stat(struct fs_info *out, const char *path, struct err_text *why)
{
	*out = (struct fs_info){ .kind = FS_NONE };
	struct stat st;
	if (lstat(path, &st) != 0)
		return fs_err(errno) == ERR_NOT_FOUND ? ERR_OK : fail(why, errno, "look at", path);
	out->kind = S_ISREG(st.st_mode) ? FS_FILE : S_ISDIR(st.st_mode) ? FS_DIR : FS_OTHER;
	out->size = (uint64_t)st.st_size;
	out->device = (uint64_t)st.st_dev;
	out->inode = (uint64_t)st.st_ino;
	out->changed_s = st.st_ctim.tv_sec;
	out->changed_ns = (uint32_t)st.st_ctim.tv_nsec;
	out->owner = st.st_uid;
	out->mode = st.st_mode & 07777;
	return ERR_OK;
}

bool fs_exists(const char *path)
{
	struct fs_info info;
	return !fs_stat(&info, path, NULL) && info.kind != FS_NONE;
}

enum err fs_free_space(uint64_t *bytes, const char *path, struct err_text *why)
{
	struct statvfs st;
	*bytes = 0;
	if (statvfs(path, &st) != 0)
		return fail(why, errno, "look at the disk of", path);
	if (__builtin_mul_overflow((uint64_t)st.f_bavail, (uint64_t)st.f_frsize, bytes))
		*bytes = UINT64_MAX;
	return ERR_OK;
}
