/* The text of our signed commits: their headers, and the lines of their messages.  Shared by changes and
 * checkpoints.
 *
 * Reading is loose on purpose: whoever reads writes the commit again from what was read and compares
 * the bytes (commit_compare), so that there is one rule for the one spelling. */
#ifndef SCHEMA_COMMIT_TEXT_H
#define SCHEMA_COMMIT_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/sign.h"

enum { COMMIT_SIZE_MAX = 80 * 1024, COMMIT_MESSAGE_MAX = 64 * 1024 };

struct commit_head {
	struct git_id tree;
	const struct git_id *parents;
	uint32_t parent_count;
	struct federation_id federation;
	uint8_t key[SIGN_KEY_SIZE]; /* of the author */
	uint64_t time;
	uint8_t signature[SIGN_SIZE];
};

/* ---- Writing. */

/* Appends tree, parents, author and committer.  The signature's header comes next, if any. */
void commit_put_head(struct buf *out, const struct commit_head *h);
/* Appends the gpgsig header. */
void commit_put_signature(struct buf *out, const uint8_t signature[SIGN_SIZE],
	const uint8_t key[SIGN_KEY_SIZE]);

/* Signs a commit that lacks its gpgsig header, of which the first `head_size` bytes are what
 * commit_put_head wrote, and appends the whole commit. */
MUST_USE enum err commit_sign(struct buf *out, uint8_t signature[SIGN_SIZE], struct bytes unsigned_commit,
	size_t head_size, const struct sign_key *key);

/* ERR_CRYPTO unless the signature holds over the commit without its gpgsig header. */
MUST_USE enum err commit_verify(struct bytes commit, const uint8_t signature[SIGN_SIZE],
	const uint8_t key[SIGN_KEY_SIZE]);

/* Words of a line.  A line is a keyword, then words that begin with a blank each, then LF. */
void commit_put_number(struct buf *out, uint64_t n);
void commit_put_hex(struct buf *out, const void *data, size_t size);
void commit_put_base64(struct buf *out, struct bytes bytes);
/* A whole line `box SITE KEYNO BASE64`. */
enum { COMMIT_BOX_SIZE = 80 };
void commit_put_box(struct buf *out, uint32_t site, uint32_t keyno, const uint8_t box[COMMIT_BOX_SIZE]);

/* ---- Reading, line by line, with a sticky error. */
enum { COMMIT_WORDS_MAX = 6 };

struct commit_lines {
	struct bytes rest; /* what comes after the current line */
	size_t number;     /* of the current line, from 1 */
	struct bytes words[COMMIT_WORDS_MAX]; /* of the current line; the last one takes what is left */
	size_t count, next;
	enum err err;
};

void commit_lines_begin(struct commit_lines *l, struct bytes text);
/* How many lines ahead begin with this keyword and a blank. */
size_t commit_lines_count(const struct commit_lines *l, const char *keyword);
/* Steps to the next line, which must begin with the keyword ("" for an empty line). */
void commit_next(struct commit_lines *l, const char *keyword);
/* Take the next word of the line. */
struct bytes commit_take_word(struct commit_lines *l);
uint64_t commit_take_number(struct commit_lines *l, uint64_t max);
void commit_take_hex(struct commit_lines *l, void *out, size_t size);
/* Appends what the word decodes to. */
void commit_take_base64(struct commit_lines *l, struct buf *out);
void commit_take_box(struct commit_lines *l, uint32_t *site, uint32_t *keyno, uint8_t box[COMMIT_BOX_SIZE]);
void commit_fail(struct commit_lines *l, enum err e);

/* Reads all headers and the empty line after them.  Parents are put into the arena. */
void commit_take_head(struct commit_lines *l, struct commit_head *h, struct arena *a, size_t parents_max);

/* ERR_FORMAT when a sticky error was met or lines are left over; `why` names `what` and the line. */
MUST_USE enum err commit_lines_end(const struct commit_lines *l, const char *what, struct err_text *why);

/* ERR_FORMAT unless the commit is byte for byte what was written again; `why` names the line. */
MUST_USE enum err commit_compare(struct bytes commit, struct bytes again, const char *what,
	struct err_text *why);

#endif
