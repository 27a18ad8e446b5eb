/* The timeline as text. */
#include "cli/log_text.h"

#include "base/text.h"
#include "cli/layout.h"
#include "cli/show_text.h"
#include "cli/words.h"

enum { LINE_MAX = 1 << 20, DAY = 24 * 60 * 60 };

/* A value may hold anything that its writer typed: it is made safe, and short enough for one line. */
static void put_value(struct buf *b, const struct form_field *field, struct bytes value)
{
	struct buf text;
	buf_init(&text, LINE_MAX);
	show_text_value(&text, field, value);
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] == '\n')
			text.data[i] = ' ';
	text_put_safe(b, buf_bytes(&text));
	buf_wipe(&text);
}

static void put_op(struct buf *b, const struct print *p, const struct timeline_op *t)
{
	static const char *const signs[] = {
		[OP_SET] = "=", [OP_ADD] = "+", [OP_REMOVE] = "-", [OP_APPEND] = "+", [OP_RESOLVE] = "!"
	};
	bool shown = t->field && t->op->code < sizeof signs / sizeof signs[0] && signs[t->op->code];
	buf_printf(b, "    %s %s", shown ? signs[t->op->code] : timeline_op_name(t->op->code),
		t->field ? t->field->path : "");
	if (shown && t->from.size) {
		buf_put_text(b, "  ");
		put_value(b, t->field, t->from);
		buf_put_text(b, " →");
	}
	if (shown) {
		buf_put_text(b, t->from.size ? " " : "  ");
		put_value(b, t->field, t->value);
	}
	if (t->words.size) {
		buf_put_text(b, "  \"");
		text_put_safe(b, t->words);
		buf_put_text(b, "\"");
	}
	if (t->reason != REASON_NONE)
		buf_printf(b, "  %s[%s: %s]%s", print_style(p, STYLE_CAUTION), SAY(p->lang, LOG_NO_EFFECT),
			message_text(p->lang, words_reason(t->reason)), print_style(p, STYLE_PLAIN));
	buf_put_byte(b, '\n');
}

/* Late arrivals are marked: slipped in unseen they would read as if they had always stood there. */
static void put_arrival(struct buf *b, const struct print *p, const struct casefile_change *c)
{
	char when[WORDS_TIME_SIZE];
	int64_t late = c->row.received - (int64_t)c->change->time;
	if (c->row.peer == 0)
		return;
	words_time(when, (uint64_t)c->row.received);
	buf_printf(b, "  ");
	buf_printf(b, SAY(p->lang, LOG_ARRIVED), when);
	if (late >= DAY)
		buf_printf(b, SAY(p->lang, LOG_LATE), (int)(late / DAY));
}

static void put_compartments(struct buf *b, const struct form *form, uint64_t set, const char *words)
{
	for (size_t i = 0; i < form->compartment_count; i++)
		if (set >> form->compartments[i].number & 1)
			buf_printf(b, "    %s: %s\n", form->compartments[i].name, words);
}

static void put_change(
	struct buf *b, const struct print *p, const struct case_json *c, const struct timeline_change *t)
{
	const struct casefile *f = c->file;
	const struct casefile_change *change = &f->changes[t->position];
	char hex[65], when[WORDS_TIME_SIZE];
	hex_encode(hex, bytes_of(change->id.b, sizeof change->id.b));
	words_time(when, change->change->time);
	buf_printf(b, "%s%.8s%s  %s  ", print_style(p, STYLE_BOLD), hex, print_style(p, STYLE_PLAIN), when);
	show_text_who(b, c, t->position);
	put_arrival(b, p, change);
	if (!t->verified)
		buf_printf(b, "  %s%s%s", print_style(p, STYLE_BAD), SAY(p->lang, LOG_BAD_SIGNATURE),
			print_style(p, STYLE_PLAIN));
	if (t->standing != REASON_NONE)
		buf_printf(
			b, "  [%s: %s]", SAY(p->lang, LOG_NO_EFFECT), message_text(p->lang, words_reason(t->standing)));
	buf_put_byte(b, '\n');
	for (uint32_t i = 0; i < t->act_count; i++) {
		buf_put_text(b, "    * ");
		timeline_put_act(b, f, c->naming, t->acts[i].act);
		if (t->acts[i].reason != REASON_NONE)
			buf_printf(b, "  [%s: %s]", SAY(p->lang, LOG_NO_EFFECT),
				message_text(p->lang, words_reason(t->acts[i].reason)));
		buf_put_byte(b, '\n');
	}
	for (uint32_t i = 0; i < t->op_count; i++)
		put_op(b, p, &t->ops[i]);
	put_compartments(b, f->form, t->unknown, SAY(p->lang, LOG_UNKNOWN));
	put_compartments(b, f->form, t->withheld, SAY(p->lang, LOG_WITHHELD));
}

enum err log_text_put(struct buf *b, const struct print *p, const struct case_json *c,
	const struct timeline_change *list, uint32_t count)
{
	bool all = true;
	for (uint32_t i = 0; i < count; i++) {
		put_change(b, p, c, &list[i]);
		all = all && list[i].verified;
	}
	buf_printf(b, "%s\n", all ? SAY(p->lang, LOG_ALL_VERIFIED) : SAY(p->lang, LOG_SOME_BAD));
	return buf_err(b);
}
