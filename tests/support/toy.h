/* Two sessions back to back, each with a replica that is a set of short texts: what sync/session is tested
 * with.  The texts travel as `changes`, [10, [text...]]; a wrong idea of what the peer holds is repaired
 * after `ranges` by sending everything.  A text that begins with `!` is never taken. */
#ifndef TESTS_SUPPORT_TOY_H
#define TESTS_SUPPORT_TOY_H

#include "sync/frame.h"
#include "sync/session.h"

enum { TOY_TEXTS_MAX = 4096, TOY_TEXT_SIZE = 24, TOY_RAW_MAX = 1 << 20 };

struct toy_text {
	char text[TOY_TEXT_SIZE];
	bool foreign;  /* came from the peer */
	bool durable;  /* false: taken, and put off */
};

struct toy_side {
	bool initiator, stay_open;
	struct toy_text texts[TOY_TEXTS_MAX]; /* in the order of arrival */
	size_t count;
	size_t cursor;         /* texts before this one are known to be over there */
	struct box_key key;
	uint64_t counter;      /* of fresh randomness */
	bool unknown;          /* the peer is not in the charter */

	/* Of the present session. */
	struct session *session;
	size_t next;           /* text to be looked at next */
	bool ranges_due, all_due, reply_due;
	unsigned takes, digests, mismatches, puts;
	enum err take_err;
};

struct toy {
	struct toy_side side[2]; /* 0 is the initiator */
	uint64_t now_ms;
};

void toy_init(struct toy *t);
void toy_clear(struct toy *t);
void toy_add(struct toy_side *s, const char *text);
bool toy_has(const struct toy_side *s, const char *text);
/* Both sets hold the same texts. */
bool toy_is_same(const struct toy *t);

/* New sessions; what was put off is lost, as in a crash. */
void toy_start(struct toy *t);
void toy_start_side(struct toy *t, int side);
/* Answers what the session asks, until it asks nothing. */
void toy_serve(struct toy_side *s, uint64_t now_ms);

/* Moves bytes both ways until nothing moves, or until `limit` bytes went over, whichever is first; then,
 * when `cut`, both hear that the link ended.  Returns how many went over. */
size_t toy_run(struct toy *t, size_t limit, bool cut);

/* As toy_run, frame by frame; `hook` is shown each frame and may change it: what it appends to `out` goes
 * over in its place. */
typedef void toy_hook(void *context, int from, size_t index, struct bytes frame, struct buf *out);
void toy_run_frames(struct toy *t, toy_hook *hook, void *context);

/* Both sides hear nothing for as long as it takes. */
void toy_expire(struct toy *t);

/* The next own randomness of a side. */
void toy_secret(struct toy_side *s, struct secret *out);

/* A peer that knows its key and says what it likes: it is side 0's stand-in towards side 1. */
struct toy_raw {
	struct noise noise;
	struct noise_cipher send, receive;
};
/* Shakes hands with this hello payload; true when side 1 answered. */
bool toy_raw_start(struct toy_raw *r, struct toy *t, struct bytes hello);
/* Says these messages' bytes in one frame each time. */
void toy_raw_say(struct toy_raw *r, struct toy *t, struct bytes stream);
void toy_raw_end(struct toy_raw *r);

#endif
