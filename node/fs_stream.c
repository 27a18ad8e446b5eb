/* File calls: appending, streaming out, reading at offsets. */
#include "node/fs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes all; 0 or an errno. */
static int write_all(int fd, const uint8_t *data, size_t size)
{
	while (size) {
		ssize_t put = write(fd, data, size);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno;
		data += put;
		size -= (size_t)put;
	}
	return 0;
}

static enum err flush_parent(const char *path, struct fs_stats *stats, struct err_text *why)
{
	char folder[FS_PATH_MAX];
	const char *slash = strrchr(path, '/');
	int size = slash ? (int)(slash - path) : 1;
	if (fs_path(folder, "%.*s", size ? size : 1, slash ? path : "."))
		return err_set(why, ERR_LIMIT, "the path is too long: %s", path);
	return fs_sync_dir(folder, stats, why);
}

enum err fs_append_open(struct fs_append *a, const char *path, struct fs_stats *stats,
	struct err_text *why)
{
	*a = (struct fs_append){ .fd = -1, .stats = stats };
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(why, fs_err(errno), "cannot open %s: %s", path, strerror(errno));
	enum err e = flush_parent(path, stats, why);
	if (e) {
		close(fd);
		return e;
	}
	a->fd = fd;
	return ERR_OK;
}

enum err fs_append_put(struct fs_append *a, struct bytes record, struct err_text *why)
{
	assert(a->fd >= 0);
	struct stat st;
	if (fstat(a->fd, &st) != 0)
		return err_set(why, fs_err(errno), "cannot look at the log: %s", strerror(errno));
	int failed = write_all(a->fd, record.data, record.size);
	if (!failed && fdatasync(a->fd) != 0)
		failed = errno;
	if (a->stats) {
		a->stats->flushes++;
		a->stats->bytes_written += record.size;
	}
	if (!failed)
		return ERR_OK;
	if (ftruncate(a->fd, st.st_size) == 0)
		(void)fdatasync(a->fd);
	return err_set(why, fs_err(failed), "cannot append to the log: %s", strerror(failed));
}

void fs_append_close(struct fs_append *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

enum err fs_out_open(struct fs_out *o, const char *path, mode_t mode, struct fs_stats *stats,
	struct err_text *why)
{
	*o = (struct fs_out){ .fd = -1, .stats = stats };
	o->buffer = malloc(FS_OUT_BUFFER);
	if (!o->buffer)
		return err_set(why, ERR_MEMORY, "no memory to write %s", path);
	o->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (o->fd >= 0)
		return ERR_OK;
	int failed = errno;
	free(o->buffer);
	o->buffer = NULL;
	return err_set(why, fs_err(failed), "cannot make %s: %s", path, strerror(failed));
}

static void drain(struct fs_out *o, const uint8_t *data, size_t size)
{
	if (o->err || size == 0)
		return;
	o->errnum = write_all(o->fd, data, size);
	o->err = fs_err(o->errnum);
	if (!o->err && o->stats)
		o->stats->bytes_written += size;
}

void fs_out_put(struct fs_out *o, const void *data, size_t size)
{
	assert(o->fd >= 0);
	o->size += size;
	if (size > FS_OUT_BUFFER - o->used) {
		drain(o, o->buffer, o->used);
		o->used = 0;
	}
	if (size > FS_OUT_BUFFER) {
		drain(o, data, size);
		return;
	}
	if (size)
		memcpy(o->buffer + o->used, data, size);
	o->used += size;
}

enum err fs_out_finish(struct fs_out *o, const char *path, struct err_text *why)
{
	assert(o->fd >= 0);
	drain(o, o->buffer, o->used);
	if (!o->err && fsync(o->fd) != 0) {
		o->errnum = errno;
		o->err = fs_err(o->errnum);
	}
	if (!o->err && o->stats)
		o->stats->flushes++;
	enum err e = o->err;
	int failed = o->errnum;
	fs_out_abort(o);
	return e ? err_set(why, e, "cannot write %s: %s%s", path, strerror(failed),
		e == ERR_FULL ? "; nothing was changed, make room and try again" : "") : ERR_OK;
}

void fs_out_abort(struct fs_out *o)
{
	if (o->fd >= 0)
		close(o->fd);
	free(o->buffer);
	o->buffer = NULL;
	o->fd = -1;
}

enum err fs_in_open(struct fs_in *in, const char *path, struct err_text *why)
{
	*in = (struct fs_in){ .fd = -1 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(why, fs_err(errno), "cannot open %s: %s", path, strerror(errno));
	struct stat st;
	if (fstat(fd, &st) != 0) {
		int failed = errno;
		close(fd);
		return err_set(why, fs_err(failed), "cannot look at %s: %s", path, strerror(failed));
	}
	in->fd = fd;
	in->size = (uint64_t)st.st_size;
	return ERR_OK;
}

enum err fs_in_read(struct fs_in *in, void *out, size_t size, uint64_t offset)
{
	uint8_t *at = out;
	if (offset > in->size || size > in->size - offset)
		return ERR_FORMAT;
	while (size) {
		ssize_t got = pread(in->fd, at, size, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fs_err(errno);
		if (got == 0)
			return ERR_FORMAT;
		at += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return ERR_OK;
}

void fs_in_close(struct fs_in *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
}
