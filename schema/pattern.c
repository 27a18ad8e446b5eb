/* Patterns: a parser that writes a small program, and a walk over all its paths at once. */
#include "schema/pattern.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

enum { REPEAT_MAX = 255, NEST_MAX = 8 };

enum step_kind {
	STEP_CHAR,  /* one given code point */
	STEP_ANY,   /* any code point but LF */
	STEP_CLASS, /* a code point of the class that starts at `at` in the expression */
	STEP_SPLIT, /* go on at `next` and at `other` */
	STEP_MATCH
};

struct step {
	uint8_t kind;
	uint16_t next, other;
	uint32_t at; /* STEP_CHAR: the code point; STEP_CLASS: offset behind the '[' */
};

struct program {
	const char *pattern;
	size_t at, end; /* of the expression without ^ and $ */
	unsigned depth;
	const char *fault;
	unsigned count;
	struct step steps[PATTERN_STATES_MAX];
};

static void parse_alternatives(struct program *p);

static void fail(struct program *p, const char *fault)
{
	if (!p->fault)
		p->fault = fault;
	p->at = p->end; /* so that every loop of the parser ends */
}

/* Appends a step; on overflow the last one is written again, the fault says that it is of no use. */
static unsigned put_step(struct program *p, enum step_kind kind, uint32_t at)
{
	if (p->count == PATTERN_STATES_MAX) {
		fail(p, "it repeats too much");
		p->count--;
	}
	unsigned step = p->count++;
	p->steps[step] = (struct step){ (uint8_t)kind, (uint16_t)p->count, (uint16_t)p->count, at };
	return step;
}

static uint32_t next_point(struct program *p)
{
	uint32_t point = 0;
	if (utf8_next(&point, bytes_of(p->pattern, p->end), &p->at))
		fail(p, "it is not UTF-8");
	return point;
}

/* Steps over a class, the '[' is behind us.  In it only ']', '^' in front and '-' between are special. */
static void parse_class(struct program *p)
{
	uint32_t start = (uint32_t)p->at;
	bool empty = true;
	if (p->at < p->end && p->pattern[p->at] == '^')
		p->at++;
	while (p->at < p->end && p->pattern[p->at] != ']') {
		if (p->pattern[p->at] == '[')
			fail(p, "a class may not hold '['");
		uint32_t low = next_point(p);
		if (p->at + 1 < p->end && p->pattern[p->at] == '-' && p->pattern[p->at + 1] != ']') {
			p->at++;
			if (next_point(p) < low)
				fail(p, "a range runs backwards");
		}
		empty = false;
	}
	if (p->at >= p->end || empty)
		fail(p, "a class is empty or lacks its ']'");
	else
		p->at++;
	put_step(p, STEP_CLASS, start);
}

static void parse_atom(struct program *p)
{
	char c = p->pattern[p->at];
	if (c == '(') {
		p->at++;
		if (++p->depth > NEST_MAX)
			fail(p, "groups are nested too deep");
		parse_alternatives(p);
		p->depth--;
		if (p->at >= p->end || p->pattern[p->at] != ')')
			fail(p, "a group lacks its ')'");
		else
			p->at++;
	} else if (c == '[') {
		p->at++;
		parse_class(p);
	} else if (c == '.') {
		p->at++;
		put_step(p, STEP_ANY, 0);
	} else if (strchr("*+?{}^$]", c)) {
		fail(p, "a special character stands where a character should; put \\ before it");
	} else {
		if (c == '\\') {
			p->at++;
			if (p->at >= p->end || !strchr("\\^$.[]|()*+?{}", p->pattern[p->at]))
				fail(p, "\\ must stand before a special character");
		}
		if (!p->fault)
			put_step(p, STEP_CHAR, next_point(p));
	}
}

static unsigned parse_number(struct program *p)
{
	unsigned n = 0, digits = 0;
	while (p->at < p->end && p->pattern[p->at] >= '0' && p->pattern[p->at] <= '9' && digits++ < 4)
		n = n * 10 + (unsigned)(p->pattern[p->at++] - '0');
	if (digits == 0 || n > REPEAT_MAX)
		fail(p, "a repetition must be a number up to 255");
	return n;
}

/* Reads ? * + {n} {n,m} behind an atom.  max 0 stands for no end. */
static bool parse_repeat(struct program *p, unsigned *min, unsigned *max)
{
	char c = p->at < p->end ? p->pattern[p->at] : '\0';
	*min = c == '+' ? 1 : 0;
	*max = c == '?' ? 1 : 0;
	if (c != '?' && c != '*' && c != '+' && c != '{')
		return false;
	p->at++;
	if (c != '{')
		return true;
	*min = *max = parse_number(p);
	if (p->at < p->end && p->pattern[p->at] == ',') {
		p->at++;
		*max = parse_number(p);
	}
	if (p->at >= p->end || p->pattern[p->at] != '}')
		fail(p, "a repetition lacks its '}'");
	else
		p->at++;
	if (*max == 0 || *max < *min)
		fail(p, "a repetition must end at 1 or more, and not before it starts");
	return true;
}

/* Writes the atom that starts at `start` once more. */
static void repeat_atom(struct program *p, size_t start)
{
	size_t behind = p->at;
	if (p->fault)
		return;
	p->at = start;
	parse_atom(p);
	if (!p->fault)
		p->at = behind;
}

/* An atom and how often.  The copies are made by reading the atom again. */
static void parse_piece(struct program *p)
{
	size_t start = p->at;
	unsigned first = p->count, min, max;
	parse_atom(p);
	if (!parse_repeat(p, &min, &max) || p->fault)
		return;
	p->count = first;
	for (unsigned i = 0; i < min; i++)
		repeat_atom(p, start);
	if (max == 0) {
		unsigned split = put_step(p, STEP_SPLIT, 0);
		repeat_atom(p, start);
		/* An empty split leads back, whatever the atom's last step was. */
		unsigned back = put_step(p, STEP_SPLIT, 0);
		p->steps[back].next = p->steps[back].other = (uint16_t)split;
		p->steps[split].other = (uint16_t)p->count;
		return;
	}
	uint16_t splits[REPEAT_MAX];
	unsigned count = 0;
	for (unsigned i = min; i < max && !p->fault; i++) {
		splits[count++] = (uint16_t)put_step(p, STEP_SPLIT, 0);
		repeat_atom(p, start);
	}
	while (count > 0)
		p->steps[splits[--count]].other = (uint16_t)p->count;
}

static void parse_sequence(struct program *p)
{
	bool empty = true;
	while (p->at < p->end && p->pattern[p->at] != '|' && p->pattern[p->at] != ')') {
		parse_piece(p);
		empty = false;
	}
	if (empty)
		fail(p, "an alternative is empty");
}

/* a|b|c becomes: split(a, split(b, c)), and a and b jump behind c.  The split must stand before what it
 * leads to, so a first step is kept free and is an empty split when there is but one alternative. */
static void parse_alternatives(struct program *p)
{
	uint16_t jumps[PATTERN_SIZE_MAX];
	unsigned count = 0;
	for (;;) {
		unsigned split = put_step(p, STEP_SPLIT, 0);
		parse_sequence(p);
		if (p->at >= p->end || p->pattern[p->at] != '|' || count == PATTERN_SIZE_MAX)
			break;
		p->at++;
		jumps[count++] = (uint16_t)put_step(p, STEP_SPLIT, 0);
		p->steps[split].other = (uint16_t)p->count;
	}
	for (unsigned i = 0; i < count; i++)
		p->steps[jumps[i]].next = p->steps[jumps[i]].other = (uint16_t)p->count;
}

static void compile(struct program *p, const char *pattern)
{
	size_t size = strlen(pattern);
	p->pattern = pattern;
	p->at = 1;
	p->end = size > 0 ? size - 1 : 0;
	p->depth = p->count = 0;
	p->fault = NULL;
	if (size > PATTERN_SIZE_MAX)
		p->fault = "it is longer than 128 bytes";
	else if (size < 3 || pattern[0] != '^' || pattern[size - 1] != '$')
		p->fault = "it must start with ^ and end with $";
	if (p->fault)
		return;
	parse_alternatives(p);
	if (!p->fault && p->at < p->end)
		fail(p, "a ')' has no '('");
	put_step(p, STEP_MATCH, 0);
}

const char *pattern_fault(const char *pattern)
{
	struct program p;
	compile(&p, pattern);
	return p.fault;
}

/* Whether the class that starts at `at` holds the code point. */
static bool class_holds(const char *pattern, uint32_t start, uint32_t point)
{
	struct bytes text = bytes_text(pattern);
	size_t at = start;
	bool negated = pattern[at] == '^', found = false;
	if (negated)
		at++;
	while (pattern[at] != ']') {
		uint32_t low = 0, high = 0;
		if (utf8_next(&low, text, &at))
			return false;
		high = low;
		if (pattern[at] == '-' && pattern[at + 1] != ']') {
			at++;
			if (utf8_next(&high, text, &at))
				return false;
		}
		found = found || (point >= low && point <= high);
	}
	return found != negated;
}

/* The set of steps that wait for the next character: a list and a mark per step. */
struct paths {
	unsigned count;
	uint16_t list[PATTERN_STATES_MAX];
	bool has[PATTERN_STATES_MAX];
};

/* Adds a step and, through splits, all that it leads to without a character. */
static void add_path(const struct program *p, struct paths *paths, unsigned step)
{
	uint16_t stack[PATTERN_STATES_MAX * 2];
	unsigned depth = 0;
	stack[depth++] = (uint16_t)step;
	while (depth > 0) {
		unsigned s = stack[--depth];
		if (paths->has[s])
			continue;
		paths->has[s] = true;
		paths->list[paths->count++] = (uint16_t)s;
		if (p->steps[s].kind == STEP_SPLIT) {
			stack[depth++] = p->steps[s].other;
			stack[depth++] = p->steps[s].next;
		}
	}
}

static bool step_takes(const struct program *p, const struct step *step, uint32_t point)
{
	if (step->kind == STEP_CHAR)
		return step->at == point;
	if (step->kind == STEP_ANY)
		return point != '\n';
	return step->kind == STEP_CLASS && class_holds(p->pattern, step->at, point);
}

bool pattern_matches(const char *pattern, struct bytes text)
{
	struct program p;
	struct paths now = { .count = 0 }, then;
	compile(&p, pattern);
	assert(!p.fault);
	if (text.size > PATTERN_TEXT_MAX)
		return false;
	add_path(&p, &now, 0);
	for (size_t at = 0; at < text.size;) {
		uint32_t point;
		if (utf8_next(&point, text, &at))
			return false;
		then = (struct paths){ .count = 0 };
		for (unsigned i = 0; i < now.count; i++) {
			const struct step *step = &p.steps[now.list[i]];
			if (step_takes(&p, step, point))
				add_path(&p, &then, step->next);
		}
		now = then;
	}
	return now.has[p.count - 1];
}
