/* Makes random histories: officers who know part of the case, write a few fields again and again, meet
 * now and then, and make every mistake that the rules must answer. */
#include "tests/histories/histories.h"

#include "schema/date.h"

#include <stdio.h>

enum { OFFICERS_MAX = 8, CHANGES_MAX = 40, FOCUS_MAX = 4, START = 1770000000 };

struct officer {
	char member[16];
	const char *role;
	bool knows[CHANGES_MAX];
};

struct maker {
	struct chance chance;
	const cJSON *form;
	struct officer officers[OFFICERS_MAX];
	uint32_t officer_count;
	const cJSON *focus[FOCUS_MAX];
	uint32_t focus_count;
	const char *role; /* of the change being made */
	bool sees[CHANGES_MAX][CHANGES_MAX];
	uint32_t count;
	uint64_t time;
};

uint64_t chance_next(struct chance *c)
{
	/* splitmix64 (Steele, Lea, Flood 2014) */
	uint64_t z = c->state += 0x9e3779b97f4a7c15U;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

uint32_t chance_below(struct chance *c, uint32_t below)
{
	return below ? (uint32_t)(chance_next(c) % below) : 0;
}

bool chance_percent(struct chance *c, uint32_t percent)
{
	return chance_below(c, 100) < percent;
}

/* ---- Who */

static const cJSON *list_of(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const cJSON *any_of(struct maker *m, const cJSON *list)
{
	return cJSON_GetArrayItem(list, (int)chance_below(&m->chance, (uint32_t)cJSON_GetArraySize(list)));
}

static const char *any_role(struct maker *m)
{
	return cJSON_GetObjectItemCaseSensitive(any_of(m, list_of(m->form, "roles")), "name")->valuestring;
}

/* Mostly one who may write or resolve a field of the focus. */
static const char *fitting_role(struct maker *m)
{
	const cJSON *field = m->focus[chance_below(&m->chance, m->focus_count)];
	const cJSON *roles = list_of(field, chance_percent(&m->chance, 20) ? "resolve" : "write");
	if (!cJSON_IsArray(roles) || chance_percent(&m->chance, 10))
		return any_role(m);
	return any_of(m, roles)->valuestring;
}

static void add_roles(struct maker *m, cJSON *change, const struct officer *o)
{
	const char *role = chance_percent(&m->chance, 40) ? fitting_role(m) : o->role;
	m->role = role;
	cJSON_AddStringToObject(change, "role", role);
	if (!chance_percent(&m->chance, 8))
		return;
	cJSON *held = cJSON_AddArrayToObject(change, "held");
	cJSON_AddItemToArray(held, cJSON_CreateString(any_role(m)));
	if (chance_percent(&m->chance, 50))
		cJSON_AddItemToArray(held, cJSON_CreateString(role));
}

/* ---- When, and after what */

static void add_time(struct maker *m, cJSON *change)
{
	char text[21];
	uint64_t time;
	/* Clocks go wrong: some claim a time far back, some exactly the same time. */
	if (!chance_percent(&m->chance, 30))
		m->time += chance_below(&m->chance, 5);
	time = chance_percent(&m->chance, 10) ? START + chance_below(&m->chance, 60) : m->time;
	datetime_encode(text, time);
	cJSON_AddStringToObject(change, "at", text);
}

static void add_parent(struct maker *m, cJSON *parents, uint32_t at)
{
	char label[16];
	snprintf(label, sizeof label, "c%u", (unsigned)at);
	cJSON_AddItemToArray(parents, cJSON_CreateString(label));
	m->sees[m->count][at] = true;
	for (uint32_t i = 0; i < at; i++)
		m->sees[m->count][i] |= m->sees[at][i];
}

static void add_parents(struct maker *m, cJSON *change, struct officer *o)
{
	cJSON *parents = cJSON_AddArrayToObject(change, "parents");
	if (chance_percent(&m->chance, 45)) {
		const struct officer *other = &m->officers[chance_below(&m->chance, m->officer_count)];
		for (uint32_t i = 0; i < m->count; i++)
			o->knows[i] |= other->knows[i];
	}
	bool partly = chance_percent(&m->chance, 12), redundant = chance_percent(&m->chance, 5);
	for (uint32_t i = 0; i < m->count; i++) {
		bool tip = o->knows[i];
		for (uint32_t k = 0; k < m->count; k++)
			tip = tip && !(o->knows[k] && m->sees[k][i]);
		if ((tip && !(partly && chance_percent(&m->chance, 50))) ||
			(redundant && o->knows[i] && chance_percent(&m->chance, 10)))
			add_parent(m, parents, i);
	}
	o->knows[m->count] = true;
}

/* ---- What */

static const char *rule_of(const cJSON *field)
{
	return cJSON_GetObjectItemCaseSensitive(field, "rule")->valuestring;
}

static cJSON *any_value(struct maker *m, const cJSON *field)
{
	static const char *const absences[] = { "unknown", "not_asked", "refused" };
	if (chance_percent(&m->chance, 3))
		return cJSON_CreateNull();
	if (chance_percent(&m->chance, 3)) {
		cJSON *absent = cJSON_CreateObject();
		cJSON_AddStringToObject(absent, "absent", absences[chance_below(&m->chance, 3)]);
		return absent;
	}
	if (chance_percent(&m->chance, 3))
		return history_wrong_value(field, chance_below(&m->chance, 3));
	return history_value(field, chance_below(&m->chance, chance_percent(&m->chance, 50) ? 2 : 4));
}

static void add_labels(struct maker *m, cJSON *op)
{
	cJSON *changes = cJSON_AddArrayToObject(op, "changes");
	for (uint32_t i = 0; i < m->count; i++) {
		char label[16];
		snprintf(label, sizeof label, "c%u", (unsigned)i);
		if (chance_percent(&m->chance, 40))
			cJSON_AddItemToArray(changes, cJSON_CreateString(label));
	}
	if (chance_percent(&m->chance, 5))
		cJSON_AddItemToArray(changes, cJSON_CreateString("nobody"));
}

static const char *any_kind(struct maker *m, const cJSON *field)
{
	static const char *const kinds[] = { "set", "add", "remove", "append", "resolve", "ack" };
	const char *rule = rule_of(field);
	uint32_t draw = chance_below(&m->chance, 100);
	if (draw < 3)
		return kinds[chance_below(&m->chance, sizeof kinds / sizeof kinds[0])];
	if (strcmp(rule, "append_list") == 0)
		return "append";
	if (strcmp(rule, "union_set") == 0)
		return draw < 60 ? "add" : "remove";
	return draw < 15 ? "ack" : draw < 32 ? "resolve" : "set";
}

static void add_basis(struct maker *m, cJSON *op, const cJSON *field)
{
	const cJSON *bases = list_of(m->form, "bases");
	bool ranked = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(field, "rank_by_basis"));
	if (!chance_percent(&m->chance, ranked ? 75 : 3))
		return;
	cJSON_AddStringToObject(op, "basis", chance_percent(&m->chance, 2) ? "nonsense" :
		cJSON_GetObjectItemCaseSensitive(any_of(m, bases), "name")->valuestring);
}

static void add_misplacement(struct maker *m, cJSON *op)
{
	if (chance_percent(&m->chance, 2))
		cJSON_AddStringToObject(op, "compartment", cJSON_GetObjectItemCaseSensitive(
			any_of(m, list_of(m->form, "compartments")), "name")->valuestring);
}

static bool names(const cJSON *roles, const char *role)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, roles) {
		if (strcmp(item->valuestring, role) == 0)
			return true;
	}
	return false;
}

/* A field of the focus and a kind of operation; mostly what the role may. */
static const cJSON *any_task(struct maker *m, const char **kind)
{
	const cJSON *field = NULL;
	for (int tries = 0; tries < 4; tries++) {
		field = m->focus[chance_below(&m->chance, m->focus_count)];
		*kind = any_kind(m, field);
		if (names(list_of(field, strcmp(*kind, "resolve") == 0 ? "resolve" : "write"), m->role))
			break;
	}
	return field;
}

static cJSON *make_op(struct maker *m)
{
	cJSON *op = cJSON_CreateObject();
	const char *kind = "";
	const cJSON *field = any_task(m, &kind);
	if (chance_percent(&m->chance, 5))
		field = any_of(m, list_of(m->form, "fields"));
	if (chance_percent(&m->chance, 1))
		cJSON_AddNumberToObject(op, "op", 99);
	else
		cJSON_AddStringToObject(op, "op", kind);
	if (chance_percent(&m->chance, 1))
		cJSON_AddNumberToObject(op, "field", chance_percent(&m->chance, 30) ? 0 : 60000);
	else
		cJSON_AddStringToObject(op, "field",
			cJSON_GetObjectItemCaseSensitive(field, "path")->valuestring);
	add_misplacement(m, op);
	add_basis(m, op, field);
	if (strcmp(kind, "ack") == 0) {
		add_labels(m, op);
		return op;
	}
	cJSON_AddItemToObject(op, strcmp(kind, "add") == 0 || strcmp(kind, "remove") == 0 ? "element" :
		strcmp(kind, "append") == 0 ? "entry" : "value", any_value(m, field));
	if (strcmp(kind, "resolve") == 0)
		cJSON_AddStringToObject(op, "reason", chance_percent(&m->chance, 5) ? "" : "seen");
	return op;
}

/* A strike, or the words that go with one. */
static cJSON *make_strike(struct maker *m)
{
	char label[16];
	cJSON *op = cJSON_CreateObject();
	bool words = chance_percent(&m->chance, 15);
	snprintf(label, sizeof label, "c%u", (unsigned)chance_below(&m->chance, m->count + 1));
	cJSON_AddStringToObject(op, "op", words ? "reason" : "strike");
	cJSON_AddStringToObject(op, "change", label);
	cJSON_AddStringToObject(op, "reason", chance_percent(&m->chance, 10) ? "" : "mistaken");
	if (words)
		add_misplacement(m, op);
	else if (chance_percent(&m->chance, 20))
		cJSON_AddStringToObject(op, "role", any_role(m));
	return op;
}

static void add_ops(struct maker *m, cJSON *change)
{
	cJSON *ops = cJSON_AddArrayToObject(change, "ops");
	uint32_t count = chance_below(&m->chance, 4) + chance_below(&m->chance, 2);
	for (uint32_t i = 0; i < count; i++)
		cJSON_AddItemToArray(ops, make_op(m));
	if (chance_percent(&m->chance, 7))
		cJSON_AddItemToArray(ops, make_strike(m));
}

static void add_troubles(struct maker *m, cJSON *change)
{
	static const char *const standings[] = { "not_adopted", "retired", "not_permitted" };
	static const char *const states[] = { "unknown", "invalid", "erased" };
	if (chance_percent(&m->chance, 3))
		cJSON_AddStringToObject(change, "standing", standings[chance_below(&m->chance, 3)]);
	if (chance_percent(&m->chance, 1)) {
		const cJSON *field = m->focus[chance_below(&m->chance, m->focus_count)];
		cJSON *payloads = cJSON_AddObjectToObject(change, "payloads");
		cJSON_AddStringToObject(payloads,
			cJSON_GetObjectItemCaseSensitive(field, "compartment")->valuestring,
			states[chance_below(&m->chance, 3)]);
	}
}

static cJSON *make_change(struct maker *m)
{
	cJSON *change = cJSON_CreateObject();
	struct officer *o = &m->officers[chance_below(&m->chance, m->officer_count)];
	char label[16];
	snprintf(label, sizeof label, "c%u", (unsigned)m->count);
	cJSON_AddStringToObject(change, "id", label);
	cJSON_AddStringToObject(change, "site", o->member + 7);
	cJSON_AddStringToObject(change, "member", o->member);
	add_roles(m, change, o);
	add_time(m, change);
	add_parents(m, change, o);
	add_troubles(m, change);
	add_ops(m, change);
	m->count++;
	return change;
}

cJSON *history_make(const struct history_form *form, uint64_t seed)
{
	static const struct maker empty;
	static struct maker m;
	m = empty;
	m.chance.state = seed;
	m.form = form->model;
	m.time = START;
	m.focus_count = 1 + chance_below(&m.chance, FOCUS_MAX);
	for (uint32_t i = 0; i < m.focus_count; i++)
		m.focus[i] = any_of(&m, list_of(m.form, "fields"));
	m.officer_count = 1 + chance_below(&m.chance, OFFICERS_MAX);
	for (uint32_t i = 0; i < m.officer_count; i++) {
		snprintf(m.officers[i].member, sizeof m.officers[i].member, "member:%u", (unsigned)i);
		m.officers[i].role = fitting_role(&m);
	}
	cJSON *story = cJSON_CreateObject();
	char id[32];
	snprintf(id, sizeof id, "seed %llu", (unsigned long long)seed);
	cJSON_AddStringToObject(story, "id", id);
	cJSON_AddItemToObject(story, "base", cJSON_CreateArray());
	cJSON *changes = cJSON_AddArrayToObject(story, "changes");
	uint32_t count = 1 + chance_below(&m.chance, CHANGES_MAX);
	for (uint32_t i = 0; i < count; i++)
		cJSON_AddItemToArray(changes, make_change(&m));
	return story;
}
