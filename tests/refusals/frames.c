/* Frames of a session: cut, altered, lost, repeated; and a peer with good keys that says what it likes. */
#include "tests/refusals/raw.h"
#include "tests/refusals/trial.h"

#include "base/cbor.h"
#include "schema/change_session.h"
#include "tests/support/wire.h"

#include <assert.h>
#include <string.h>

/* ---- After every one: nothing of it is here, and the next session brings all */

static void judge(struct trial *t, const struct session *session)
{
	struct index_change row;
	struct change_id id;
	change_get_id(&id, t->edit);
	t->got = (struct outcome){ session_is_equal(session) ? VERDICT_ACCEPTED : VERDICT_REFUSED,
		session_end_name(session_end(session)) };
	if (index_find_change(&row, replica_index(t->w->centre->replica), &id) == ERR_OK)
		trial_fault(t, "something of it was applied");
}

static void check_next(struct trial *t)
{
	struct wire_result r = wire_sync(t->w->north, t->w->centre, SIZE_MAX);
	if (r.end[0] != SESSION_EQUAL || r.end[1] != SESSION_EQUAL)
		trial_fault(t, "the next session did not end equal");
	trial_good(t, t->edit);
	trial_good(t, trial_neighbour(t));
	trial_push_good(t);
}

/* ---- Frames of a real session from the north to the centre */

enum harm { HARM_CUT, HARM_ALTER, HARM_DROP, HARM_REPEAT, HARM_EMPTY };

struct harming {
	enum harm harm;
	size_t frame; /* of the north's: 0 is the handshake */
	bool over;    /* nothing goes any more */
};

static void harm_frame(struct harming *h, size_t i, struct bytes frame, struct buf *out)
{
	bool here = i == h->frame;
	buf_reset(out);
	if (h->over)
		return;
	if (here && h->harm == HARM_EMPTY)
		buf_put(out, "\0\020aaaaaaaaaaaaaaaa", 18);
	if (!here || h->harm != HARM_DROP)
		buf_put(out, frame.data, here && h->harm == HARM_CUT ? frame.size / 2 : frame.size);
	if (here && h->harm == HARM_ALTER)
		out->data[out->size - 1] ^= 1;
	if (here && h->harm == HARM_REPEAT)
		buf_put_bytes(out, frame);
	h->over = here && h->harm == HARM_CUT;
}

/* Moves one frame of one side; false when it has none. */
static bool move_frame(struct wire *w, int side, size_t *count, struct harming *h)
{
	struct session *from = w->side[side].session, *to = w->side[!side].session;
	struct bytes message;
	size_t size;
	bool bad;
	struct buf out;
	raw_serve(from, w->side[side].sync);
	if (!frame_find(&message, &size, &bad, session_out(from)))
		return false;
	buf_init(&out, 4 * SYNC_FRAME_MAX);
	if (side == 0)
		harm_frame(h, *count, bytes_of(session_out(from).data, size), &out);
	else
		buf_put(&out, session_out(from).data, size);
	++*count;
	if (out.size > 0)
		session_feed(to, out.data, out.size, w->now_ms);
	session_sent(from, size, w->now_ms);
	raw_serve(to, w->side[!side].sync);
	buf_clear(&out);
	return true;
}

static void harm(struct trial *t, enum harm kind, size_t frame)
{
	struct wire w;
	struct harming h = { .harm = kind, .frame = frame };
	size_t count[2] = { 0, 0 };
	wire_open(&w, t->w->north, t->w->centre, false);
	for (bool moved = true; moved;) {
		moved = move_frame(&w, 0, &count[0], &h);
		moved = move_frame(&w, 1, &count[1], &h) || moved;
	}
	session_feed(w.side[1].session, NULL, 0, w.now_ms);
	raw_serve(w.side[1].session, w.side[1].sync);
	if (count[0] <= frame)
		trial_fault(t, "there was no such frame");
	judge(t, w.side[1].session);
	wire_close(&w);
	check_next(t);
}

static void harm_first(struct trial *t, const struct input *in)
{
	harm(t, (enum harm)in->new[0], 1);
}

static void harm_handshake(struct trial *t, const struct input *in)
{
	harm(t, (enum harm)in->new[0], 0);
}

/* ---- What a peer says */

static bool meet(struct trial *t, struct raw *r, const struct box_key *as)
{
	struct buf hello;
	buf_init(&hello, SYNC_HELLO_MAX);
	hello_put(&hello, &(struct hello){ .version = SYNC_VERSION });
	bool answered = raw_open(r, t->w, as, buf_bytes(&hello));
	buf_clear(&hello);
	return answered;
}

static void part(struct trial *t, struct raw *r)
{
	session_feed(r->session, NULL, 0, 1);
	raw_serve(r->session, r->sync);
	judge(t, r->session);
	raw_close(r);
	check_next(t);
}

static void say(struct trial *t, struct bytes stream)
{
	struct raw r;
	if (!meet(t, &r, &t->w->north->node_keys.transport))
		trial_fault(t, "no answer");
	else
		raw_say(&r, stream);
	part(t, &r);
}

static void say_text(struct trial *t, const struct input *in)
{
	say(t, bytes_of(in->new, strlen(in->new)));
}

/* The length 3, spelt as a longer number. */
static void say_padded(struct trial *t, const struct input *in)
{
	(void)in;
	say(t, bytes_of("\x83\x80\x00\x82\x0a\x80", 6));
}

/* A body as a message. */
static void say_body(struct trial *t, struct bytes body)
{
	struct buf b;
	buf_init(&b, 2 * SYNC_MESSAGE_MAX);
	message_put(&b, body);
	say(t, trial_keep(t, &b));
}

static void say_item(struct trial *t, const struct input *in)
{
	say_body(t, bytes_of(in->new, strlen(in->new)));
}

static void nest(struct trial *t, const struct input *in)
{
	size_t size = 1 << 20;
	uint8_t *bytes = arena_alloc(&t->arena, size);
	(void)in;
	assert(bytes);
	memset(bytes, 0x81, size);
	bytes[0] = 0x82;
	bytes[1] = MESSAGE_CHANGES;
	say_body(t, bytes_of(bytes, size));
}

static void be_unknown(struct trial *t, const struct input *in)
{
	struct box_key key;
	struct secret secret;
	struct raw r;
	(void)in;
	enum err e = ports_secret(&secret, replica_ports(t->w->north->replica));
	if (!e)
		e = box_key_from_secret(&key, &secret);
	assert(!e);
	(void)e;
	if (meet(t, &r, &key))
		trial_fault(t, "answered");
	part(t, &r);
	box_key_clear(&key);
	secret_free(&secret);
}

static void speak_no_noise(struct trial *t, const struct input *in)
{
	struct raw r;
	if (!meet(t, &r, &t->w->north->node_keys.transport))
		trial_fault(t, "no answer");
	raw_feed(&r, bytes_of(in->new, strlen(in->new)));
	part(t, &r);
}

/* ---- Changes that one says */

static bool is_held(const void *context, const struct change_id *id)
{
	(void)context;
	(void)id;
	return false;
}

static void put_change(struct trial *t, struct buf *items, struct change_session *s, struct change *c,
	const struct change_id *id, bool with_blob)
{
	struct bytes none[CHANGE_GRANTS_MAX] = { { NULL, 0 } }, blobs[CHANGE_PAYLOADS_MAX] = { { NULL, 0 } };
	struct change_sending sending = { .change = c, .id = *id, .grants = none, .payloads = blobs,
		.is_held = is_held };
	if (with_blob && c->payload_count > 0)
		blobs[0] = t->blobs[t->blob_count - 1].data;
	change_session_encode(items, s, &sending);
}

/* One change altered on its way, behind it one that is not, of another case. */
static void say_altered(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change_session *s;
	struct change_id id;
	struct buf body, stream;
	struct raw r;
	(void)in;
	struct bytes neighbour = trial_neighbour(t);
	buf_init(&body, SYNC_MESSAGE_MAX);
	buf_init(&stream, SYNC_MESSAGE_MAX);
	enum err e = change_session_new(&s);
	for (int i = 0; i < 4 && !e; i++) /* what the table begins with, of which this peer says nothing */
		e = reftable_seed(change_session_table(s), bytes_of(NULL, 0));
	assert(!e);
	buf_put(&body, "\x82\x0a\x82", 3);
	struct change *c = forge_read(t, t->edit, &git);
	change_get_id(&id, t->edit);
	c->signature[40] ^= 1;
	put_change(t, &body, s, c, &id, false);
	c = forge_read(t, neighbour, &git);
	change_get_id(&id, neighbour);
	put_change(t, &body, s, c, &id, true);
	message_put(&stream, buf_bytes(&body));
	if (!meet(t, &r, &t->w->north->node_keys.transport))
		trial_fault(t, "no answer");
	raw_say(&r, buf_bytes(&stream));
	judge(t, r.session);
	if (replica_sync_counts(r.sync)->changes_refused != 1 || replica_sync_counts(r.sync)->changes_taken != 1)
		trial_fault(t, "not one refused and one taken");
	raw_close(&r);
	change_session_free(s);
	buf_clear(&body);
	buf_clear(&stream);
	check_next(t);
}

#define HARM(n, f, h) { .name = n, .door = DOOR_FRAME, .make = f, .new = h }
#define SAYS(n, f, w) { .name = n, .door = DOOR_FRAME, .make = f, .new = w }
static const struct input list[] = {
	HARM("frame-cut", harm_first, (const char[]){ HARM_CUT }),
	HARM("frame-altered", harm_first, (const char[]){ HARM_ALTER }),
	HARM("frame-lost", harm_first, (const char[]){ HARM_DROP }),
	HARM("frame-repeated", harm_first, (const char[]){ HARM_REPEAT }),
	HARM("frame-of-16-bytes", harm_first, (const char[]){ HARM_EMPTY }),
	HARM("frame-handshake-cut", harm_handshake, (const char[]){ HARM_CUT }),
	HARM("frame-handshake-altered", harm_handshake, (const char[]){ HARM_ALTER }),
	HARM("frame-handshake-of-16-bytes", harm_handshake, (const char[]){ HARM_EMPTY }),
	SAYS("frame-of-a-stranger", be_unknown, ""),
	SAYS("frame-not-noise", speak_no_noise, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
	SAYS("message-of-5m", say_text, "\xc0\x96\xb1\x02\x82\x0a"),
	SAYS("message-length-padded", say_padded, ""),
	SAYS("message-cut", say_text, "\x0a\x82\x0a\x81"),
	SAYS("message-not-cbor", say_item, "GET / HTTP/1.1"),
	SAYS("message-not-canonical", say_item, "\x82\x18\x0a\x80"),
	SAYS("message-goes-on", say_item, "\x82\x0a\x80\x80"),
	SAYS("message-kind-unknown", say_item, "\x82\x10\x80"),
	SAYS("message-nested-1m", nest, ""),
	SAYS("message-array-of-2e63", say_item, "\x82\x0a\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"),
	SAYS("message-bytes-of-4g", say_item, "\x82\x0a\x81\x5a\xff\xff\xff\xff"),
	SAYS("message-changes-of-numbers", say_item, "\x82\x0a\x82\x01\x02"),
	SAYS("message-blobs-unasked", say_item, "\x82\x0f\x80"),
	SAYS("message-cases-too-early", say_item, "\x84\x0d\xf4\x40\x80"),
	SAYS("message-ack-of-nothing", say_item, "\x82\x01\x09"),
	SAYS("message-bye-unproven", say_item, "\x81\x03"),
	SAYS("message-change-altered", say_altered, ""),
};
const struct inputs inputs_frames = { list, sizeof list / sizeof *list };
