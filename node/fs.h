/* The only file calls of the house: whole files, atomic replacement, appending, folders, streams.
 *
 * Every function that changes something is durable when it returns ERR_OK: file and folder were
 * flushed.  ERR_FULL (no space, quota or size limit) leaves what was there before.  Paths are absolute
 * or relative to the working folder and shorter than FS_PATH_MAX.  New folders are 0700, files 0600
 * unless said otherwise: a home belongs to one user. */
#ifndef NODE_FS_H
#define NODE_FS_H

#include "base/buf.h"

#include <sys/types.h>

enum { FS_PATH_MAX = 4096, FS_NAMES_MAX = 1 << 20 };

/* What a handle's file calls have cost; for budgets in tests and bench.  May be NULL everywhere. */
struct fs_stats {
	uint64_t flushes;       /* fsync and fdatasync calls */
	uint64_t bytes_written;
};

/* The code for an errno: NOT_FOUND, EXISTS, FULL, MEMORY, or IO for everything else. */
enum err fs_err(int errnum);

/* Formats a path into `out`; ERR_LIMIT when it does not fit, `out` is then "". */
MUST_USE enum err fs_path(char out[FS_PATH_MAX], const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- Whole files */

/* Appends the file to `out`; ERR_LIMIT when it is larger than what `out` may still take. */
MUST_USE enum err fs_read_file(struct buf *out, const char *path, struct err_text *why);

/* Replaces (or makes) the file in one step: a file `tmp_NAME.PID` beside it is flushed and renamed, then
 * the folder is flushed.  A crash leaves the old file or the new one. */
MUST_USE enum err fs_write_file(const char *path, struct bytes data, mode_t mode, struct fs_stats *stats,
	struct err_text *why);

/* ---- Appending: logs whose every record is durable before anything relies on it. */
struct fs_append {
	int fd; /* -1 when closed */
	struct fs_stats *stats;
};

/* Opens or makes the file, and flushes its folder. */
MUST_USE enum err fs_append_open(struct fs_append *a, const char *path, struct fs_stats *stats,
	struct err_text *why);
/* Appends and flushes; one process at a time.  After an error the file is cut back to what it was, as
 * far as the device allows: a reader must still tell a torn last record from a whole one. */
MUST_USE enum err fs_append_put(struct fs_append *a, struct bytes record, struct err_text *why);
void fs_append_close(struct fs_append *a);

/* ---- Streams: for files too large for memory. */
struct fs_out {
	int fd;          /* -1 when closed */
	uint8_t *buffer; /* FS_OUT_BUFFER bytes */
	size_t used;
	uint64_t size;   /* bytes put so far */
	enum err err;    /* the first failure, sticky */
	int errnum;      /* its errno, for words */
	struct fs_stats *stats;
};
enum { FS_OUT_BUFFER = 256 * 1024 };

/* Makes the file, which must not exist (ERR_EXISTS). */
MUST_USE enum err fs_out_open(struct fs_out *o, const char *path, mode_t mode, struct fs_stats *stats,
	struct err_text *why);
void fs_out_put(struct fs_out *o, const void *data, size_t size);
/* Writes what is buffered, flushes and closes; the first error of all puts comes out here. */
MUST_USE enum err fs_out_finish(struct fs_out *o, const char *path, struct err_text *why);
/* Closes without flushing; the caller removes the file.  Closed streams are fine. */
void fs_out_abort(struct fs_out *o);

/* Reading at offsets. */
struct fs_in {
	int fd; /* -1 when closed */
	uint64_t size;
};
MUST_USE enum err fs_in_open(struct fs_in *in, const char *path, struct err_text *why);
/* Exactly `size` bytes from `offset`; ERR_FORMAT when the file ends before. */
MUST_USE enum err fs_in_read(struct fs_in *in, void *out, size_t size, uint64_t offset);
void fs_in_close(struct fs_in *in);

/* ---- Folders and names */

/* Makes one folder (its parent must exist) and flushes the parent.  An existing folder is fine. */
MUST_USE enum err fs_make_dir(const char *path, struct fs_stats *stats, struct err_text *why);
MUST_USE enum err fs_sync_dir(const char *path, struct fs_stats *stats, struct err_text *why);

/* The names in a folder but for "." and "..", sorted bytewise; at most FS_NAMES_MAX (ERR_LIMIT). */
struct fs_names {
	char **names;
	size_t count;
};
MUST_USE enum err fs_list(struct fs_names *out, const char *path, struct err_text *why);
void fs_names_clear(struct fs_names *n);

/* Removes what killed processes left in a folder: `tmp_NAME.PID` where no process PID lives.  Best
 * effort; does not flush. */
void fs_remove_stale(const char *path);

/* These four do not flush: the caller flushes the folder once for a whole group. */
MUST_USE enum err fs_add_dir(const char *path, struct err_text *why); /* ERR_EXISTS */
MUST_USE enum err fs_rename(const char *from, const char *to, struct err_text *why);
MUST_USE enum err fs_remove(const char *path, struct err_text *why);     /* ERR_NOT_FOUND */
MUST_USE enum err fs_remove_dir(const char *path, struct err_text *why); /* must be empty */

enum fs_kind { FS_NONE, FS_FILE, FS_DIR, FS_OTHER };

/* What a path is, without following a last symbolic link.  Device, inode and change time together
 * tell a file from its copy or its restored self. */
struct fs_info {
	enum fs_kind kind;
	uint64_t size, device, inode;
	int64_t changed_s;
	uint32_t changed_ns;
	uid_t owner;
	mode_t mode; /* permission bits */
};
/* A missing path is FS_NONE and ERR_OK. */
MUST_USE enum err fs_stat(struct fs_info *out, const char *path, struct err_text *why);
bool fs_exists(const char *path);
/* Bytes that this user may still write where the path is. */
MUST_USE enum err fs_free_space(uint64_t *bytes, const char *path, struct err_text *why);

#endif
