/* Makes a small federation and cases in it. */
#include "tests/support/case_kit.h"

#include "schema/grant.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CASE_MEMORY_MAX = 64 << 20, LIST_MAX = 16 };

static const role_set site_roles[KIT_SITES + 1] = { 0, 1 << CLERK | 1 << DOCTOR, 1 << CLERK | 1 << DOCTOR,
	1 << CLERK | 1 << DOCTOR, 1 << LAWYER, 0 };

static void make_form(struct case_kit *k)
{
	const role_set clerk = 1 << CLERK, doctor = 1 << DOCTOR, lawyer = 1 << LAWYER;
	static const struct form_name roles[] = { { CLERK, "clerk", "" }, { DOCTOR, "doctor", "" },
		{ LAWYER, "lawyer", "" } };
	k->compartments[0] = (struct form_compartment){ CORE, "core", "", clerk | doctor | lawyer,
		clerk | doctor | lawyer };
	k->compartments[1] = (struct form_compartment){ HEALTH, "health", "", doctor | clerk, doctor };
	k->compartments[2] = (struct form_compartment){ IDENTITY, "identity", "", clerk | lawyer, clerk };
	for (uint32_t i = 0; i < 3; i++)
		k->telling[i] = i + 1;
	k->form = (struct form){ .number = KIT_FORM, .version = 1, .name = "small", .roles = roles,
		.role_count = 3, .telling = k->telling, .open = clerk, .compartments = k->compartments,
		.compartment_count = 3 };
}

struct kit_statement case_kit_say(struct case_kit *k, struct statement words)
{
	k->last = kit_by_root(&k->kit, &k->last, words);
	kit_keep(k->charter, &k->last, CHARTER_COUNTS);
	return k->last;
}

void case_kit_init(struct case_kit *k)
{
	static const char *const names[KIT_SITES + 1] = { "", "centre", "north", "south", "counsel", "carrier" };
	static const uint32_t roles[KIT_SITES + 1] = { 0, SITE_CENTRAL, SITE_RECEPTION, SITE_RECEPTION,
		SITE_COUNSEL, SITE_RELAY };
	memset(k, 0, sizeof *k);
	charter_kit_init(&k->kit);
	arena_init(&k->arena, CASE_MEMORY_MAX);
	make_form(k);
	k->charter = kit_charter(&k->kit);
	k->last = k->kit.first;
	kit_keep(k->charter, &k->last, CHARTER_COUNTS);
	for (uint32_t i = 1; i <= KIT_SITES; i++) {
		k->sites[i] = case_kit_say(k, kit_site(&k->kit, i, names[i], roles[i], site_roles[i]));
		k->officers[i] = case_kit_say(k,
			kit_appoint(&k->kit, i, names[i], (uint8_t)(0x10 + i), site_roles[i], 0));
		k->nodes[i] = case_kit_say(k, kit_node(i, names[i], (uint8_t)(0x20 + i)));
	}
}

void case_kit_restart(struct case_kit *k)
{
	arena_clear(&k->arena);
	k->count = 0;
}

void case_kit_clear(struct case_kit *k)
{
	charter_free(k->charter);
	arena_clear(&k->arena);
	charter_kit_clear(&k->kit);
}

/* ---- Changes */

static struct change_id id_of(char name)
{
	struct change_id id;
	memset(id.b, 0x5a, sizeof id.b);
	id.b[0] = (uint8_t)name;
	return id;
}

/* The numbers, or with `names` the characters, that are left of one piece of text. */
static uint32_t read_list(uint32_t list[LIST_MAX], const char **at, bool names)
{
	uint32_t count = 0;
	for (;;) {
		while (**at == ' ')
			++*at;
		if (**at == '\0' || **at == ';')
			return count;
		assert_true(count < LIST_MAX);
		if (names) {
			list[count++] = (uint32_t)*(*at)++;
		} else {
			char *end = NULL;
			list[count++] = (uint32_t)strtoul(*at, &end, 10);
			assert_ptr_not_equal(end, *at);
			*at = end;
		}
	}
}

/* Reads the numbers of `form` ("n": a number, "e": an epoch's name) from the text. */
static void read_words(uint32_t words[3], const char *form, const char **at)
{
	for (; *form; form++) {
		while (**at == ' ')
			++*at;
		char *end = NULL;
		if (*form == 'e')
			*words++ = (uint32_t)*(*at)++;
		else
			*words++ = (uint32_t)strtoul(*at, &end, 10);
		if (*form == 'n')
			*at = end;
	}
}

static struct bytes keep_args(struct case_kit *k, struct buf *args)
{
	const void *copy = arena_copy(&k->arena, args->data, args->size);
	assert_non_null(copy);
	struct bytes kept = bytes_of(copy, args->size);
	buf_clear(args);
	return kept;
}

void case_kit_epoch_key(struct secret *out, char opener, uint32_t compartment)
{
	sample_secret(out, (uint8_t)opener);
	out->b[0] = (uint8_t)compartment;
}

static struct change_act read_grant(struct case_kit *k, char name, const char **at)
{
	uint32_t w[3] = { 0 }, sites[LIST_MAX];
	struct buf args;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	read_words(w, "nen", at);
	struct act_grant g = { .compartment = w[0], .own_epoch = w[1] == '0', .epoch = id_of((char)w[1]),
		.sites = sites, .site_count = read_list(sites, at, false) };
	static const struct case_id no_case;
	const struct grant_context x = { &k->kit.federation, &no_case, g.compartment };
	struct secret key;
	case_kit_epoch_key(&key, name, g.compartment);
	assert_int_equal(grant_commitment(g.commitment, &key, &x), ERR_OK);
	secret_free(&key);
	assert_int_equal(act_encode_grant(&args, &g), ERR_OK);
	return (struct change_act){ ACT_GRANT, w[2], keep_args(k, &args) };
}

static struct change_act read_withdraw(struct case_kit *k, const char **at)
{
	uint32_t w[3] = { 0 }, sites[LIST_MAX];
	struct buf args;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	read_words(w, "nn", at);
	struct act_withdraw a = { .compartment = w[0], .sites = sites,
		.site_count = read_list(sites, at, false) };
	assert_int_equal(act_encode_withdraw(&args, &a), ERR_OK);
	return (struct change_act){ ACT_WITHDRAW, w[1], keep_args(k, &args) };
}

static struct change_act read_strike(struct case_kit *k, const char **at)
{
	uint32_t w[3] = { 0 }, names[LIST_MAX];
	struct change_id ids[LIST_MAX];
	struct buf args;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	read_words(w, "n", at);
	struct act_strike s = { .changes = ids, .change_count = read_list(names, at, true) };
	for (uint32_t i = 0; i < s.change_count; i++)
		ids[i] = id_of((char)names[i]);
	assert_int_equal(act_encode_strike(&args, &s), ERR_OK);
	return (struct change_act){ ACT_STRIKE, w[0], keep_args(k, &args) };
}

static struct change_act read_regrant(struct case_kit *k, const char **at)
{
	uint32_t w[3] = { 0 };
	struct buf args;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	read_words(w, "ne", at);
	struct act_regrant r = { .compartment = w[0], .epoch = id_of((char)w[1]) };
	assert_int_equal(act_encode_regrant(&args, &r), ERR_OK);
	return (struct change_act){ ACT_REGRANT, 0, keep_args(k, &args) };
}

static bool starts(const char **at, const char *word)
{
	size_t size = strlen(word);
	while (**at == ' ' || **at == ';')
		++*at;
	if (strncmp(*at, word, size) != 0 || (*at)[size] != ' ')
		return false;
	*at += size;
	return true;
}

static void read_text(struct case_kit *k, struct case_kit_change *c, const char *at)
{
	struct change *change = &c->change;
	uint32_t w[3] = { 0 };
	while (*at) {
		struct change_act *act = &c->acts[change->act_count];
		assert_true(change->act_count < KIT_ACTS_MAX && change->payload_count < KIT_ACTS_MAX);
		if (starts(&at, "write")) {
			read_words(w, "ne", &at);
			c->payloads[change->payload_count++] = (struct change_blob){ .compartment = w[0],
				.own_epoch = w[1] == '0', .epoch = id_of((char)w[1]), .size = 72 };
			continue;
		}
		if (starts(&at, "grant")) {
			*act = read_grant(k, c->name, &at);
		} else if (starts(&at, "withdraw")) {
			*act = read_withdraw(k, &at);
		} else if (starts(&at, "strike")) {
			*act = read_strike(k, &at);
		} else if (starts(&at, "regrant")) {
			*act = read_regrant(k, &at);
		} else if (starts(&at, "act")) {
			read_words(w, "n", &at);
			*act = (struct change_act){ w[0], 0, bytes_text("\x80") };
		} else {
			fail_msg("not understood: %s", at);
		}
		change->act_count++;
	}
}

struct change *case_kit_add(struct case_kit *k, char name, const char *parents, uint32_t site,
	const char *text)
{
	assert_true(k->count < KIT_CHANGES_MAX && strlen(parents) < sizeof k->changes->parents);
	struct case_kit_change *c = &k->changes[k->count++];
	*c = (struct case_kit_change){ .name = name, .id = id_of(name) };
	for (uint32_t i = 0; parents[i]; i++) {
		c->parents[i] = parents[i];
		c->parent_ids[i] = id_of(parents[i]);
	}
	c->change = (struct change){ .federation = k->kit.federation, .time = SAMPLE_NOW + k->count,
		.officer = kit_officer((uint8_t)(0x10 + site)), .node = kit_node_id((uint8_t)(0x20 + site)),
		.form = KIT_FORM, .form_version = 1, .root = k->last.id, .issuer = k->last.id,
		.parents = c->parent_ids, .parent_count = (uint32_t)strlen(parents), .acts = c->acts,
		.payloads = c->payloads };
	read_text(k, c, text);
	return &c->change;
}

/* ---- Judging */

uint32_t case_kit_at(const struct counted *c, char name)
{
	for (uint32_t i = 0; i < c->count; i++) {
		if (count_get(c, i)->id.b[0] == (uint8_t)name)
			return i;
	}
	fail_msg("no change %c", name);
	return 0;
}

static uint32_t next(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33) % below;
}

struct counted *case_kit_count(struct case_kit *k, uint64_t seed)
{
	struct count_change *changes = arena_array(&k->arena, k->count, sizeof *changes);
	uint32_t *order = arena_array(&k->arena, k->count, sizeof *order);
	uint32_t *at = arena_array(&k->arena, 256, sizeof *at);
	assert_true(changes && order && at);
	for (uint32_t i = 0; i < k->count; i++)
		order[i] = i;
	for (uint32_t i = k->count; seed && i > 1; i--) {
		uint32_t other = next(&seed, i), x = order[i - 1];
		order[i - 1] = order[other];
		order[other] = x;
	}
	for (uint32_t i = 0; i < k->count; i++)
		at[(uint8_t)k->changes[order[i]].name] = i;
	for (uint32_t i = 0; i < k->count; i++) {
		struct case_kit_change *c = &k->changes[order[i]];
		uint32_t *parents = arena_array(&k->arena, c->change.parent_count, sizeof *parents);
		assert_non_null(parents);
		for (uint32_t p = 0; p < c->change.parent_count; p++)
			parents[p] = at[(uint8_t)c->parents[p]];
		changes[i] = (struct count_change){ c->id, &c->change, parents };
	}
	struct counted *counted = NULL;
	assert_int_equal(count_make(&counted, &k->arena, &k->form, k->charter, changes, k->count), ERR_OK);
	return counted;
}

void case_kit_expect(const struct counted *c, const char *standings)
{
	char text[64];
	for (const char *at = standings; *at; at += strspn(at, " ")) {
		size_t size = strcspn(at, " ");
		assert_true(size < sizeof text && at[1] == ':');
		const char *reason = op_reason_name(c->changes[case_kit_at(c, at[0])].standing);
		snprintf(text, sizeof text, "%c:%s", at[0], reason);
		if (strlen(text) != size || strncmp(text, at, size) != 0)
			fail_msg("%s, but %.*s is expected", text, (int)size, at);
		at += size;
	}
}

void case_kit_expect_members(const struct counted *c, uint32_t compartment, const char *sites)
{
	struct arena a;
	const uint32_t *members = NULL;
	uint32_t count = 0;
	char text[64] = "";
	arena_init(&a, 1 << 16);
	assert_int_equal(epoch_members(&members, &count, &a, c->epochs, compartment), ERR_OK);
	for (uint32_t i = 0; i < count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u", i ? " " : "", members[i]);
	assert_string_equal(text, sites);
	arena_clear(&a);
}
