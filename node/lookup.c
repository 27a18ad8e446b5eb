/* Looking up what a person named. */
#include "node/lookup.h"

#include "base/cbor.h"
#include "base/text.h"
#include "schema/suggest.h"

enum { WORD_MIN = 4, MATCHES_MAX = 4, LOOKUP_MEMORY_MAX = 256 << 20 };

/* Lower-case hex digits only, as ids are printed; upper-case ones are taken too. */
static bool hex_word(char out[LOOKUP_SHORT_SIZE], const char *word)
{
	size_t size = strlen(word);
	if (size < WORD_MIN || size >= LOOKUP_SHORT_SIZE)
		return false;
	for (size_t i = 0; i <= size; i++) {
		char c = word[i];
		out[i] = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
		if (c && !(out[i] >= '0' && out[i] <= '9') && !(out[i] >= 'a' && out[i] <= 'f'))
			return false;
	}
	return true;
}

static bool is_decimal(const char *word)
{
	return *word && strspn(word, "0123456789") == strlen(word);
}

/* True when an item of the field is this text. */
static bool holds(const struct view_item *items, uint32_t count, const char *text)
{
	for (uint32_t i = 0; i < count; i++) {
		struct cbor c;
		cbor_begin(&c, items[i].value);
		if (cbor_peek(&c) == CBOR_TEXT && bytes_equal(cbor_text(&c), bytes_text(text)))
			return true;
	}
	return false;
}

/* True when the case has or had the number: in use, or a candidate. */
static enum err has_number(
	bool *has, struct replica *r, const struct case_id *id, const char *number, struct err_text *why)
{
	struct casefile *f;
	const struct view *v;
	*has = false;
	enum err e = replica_case(&f, r, id, why);
	if (!e)
		e = casefile_view(&v, f, why);
	if (e)
		return e;
	const struct form_field *field = form_find_path(f->form, LOOKUP_NUMBER_FIELD);
	const struct view_field *shown = field ? view_find(v, field->number) : NULL;
	if (shown)
		*has = (shown->has_value && holds(&shown->value, 1, number))
			|| holds(shown->candidates, shown->candidate_count, number);
	return ERR_OK;
}

static enum err find_number(struct case_id *out, struct replica *r, const char *number, struct err_text *why)
{
	struct arena a;
	struct index_case *cases;
	size_t count, found = 0;
	arena_init(&a, LOOKUP_MEMORY_MAX);
	enum err e = index_list_cases(&cases, &count, replica_index(r), &a);
	for (size_t i = 0; !e && i < count; i++) {
		bool has;
		e = has_number(&has, r, &cases[i].id, number, why);
		if (e == ERR_MISSING) /* the form of that case is not here: nobody can read it */
			e = ERR_OK;
		else if (!e && has && ++found == 1)
			*out = cases[i].id;
	}
	arena_clear(&a);
	if (!e && found == 0)
		e = ERR_NOT_FOUND;
	if (!e && found > 1)
		e = err_set(why, ERR_USAGE, "%zu cases have the number %s; name the one by its id (`dossier list`)",
			found, number);
	return e;
}

static enum err several(const struct index_case *cases, size_t count, const char *word, struct err_text *why)
{
	char names[3][LOOKUP_SHORT_SIZE] = { "", "", "" };
	for (size_t i = 0; i < count && i < 3; i++)
		hex_encode(names[i], bytes_of(cases[i].id.b, sizeof cases[i].id.b));
	return err_set(why, ERR_USAGE,
		"\"%s\" is the beginning of several cases: %.16s %.16s %.16s%s; type more of the id", word, names[0],
		names[1], names[2], count > 3 ? " ..." : "");
}

enum err lookup_case(struct case_id *out, struct replica *r, const char *word, struct err_text *why)
{
	char hex[LOOKUP_SHORT_SIZE];
	struct arena a;
	struct index_case *cases = NULL;
	size_t count = 0;
	enum err e = ERR_OK;
	*out = (struct case_id){ { 0 } };
	bool is_hex = hex_word(hex, word), is_number = is_decimal(word);
	if (!is_hex && !is_number)
		return err_set(why, ERR_USAGE,
			"\"%.60s\" names no case: give a V-number, or 4 or more hex digits of a "
			"case's id (`dossier list`)",
			word);
	arena_init(&a, LOOKUP_MEMORY_MAX);
	if (is_hex)
		e = index_match_cases(&cases, &count, replica_index(r), &a, hex, MATCHES_MAX);
	if (!e && count == 1)
		*out = cases[0].id;
	else if (!e && count > 1)
		e = several(cases, count, word, why);
	else if (!e)
		e = is_number ? find_number(out, r, word, why) : ERR_NOT_FOUND;
	arena_clear(&a);
	return e == ERR_NOT_FOUND
		? err_set(why, e, "there is no case \"%s\" here; `dossier list` shows those that are", word)
		: e;
}

enum err lookup_change(uint32_t *position, const struct casefile *f, const char *word, struct err_text *why)
{
	char hex[2 * sizeof f->changes->id.b + 1];
	size_t size = strlen(word);
	uint32_t found = 0;
	*position = UINT32_MAX;
	if (size < WORD_MIN || size >= sizeof hex || strspn(word, "0123456789abcdef") != size)
		return err_set(why, ERR_USAGE,
			"\"%.70s\" names no change: give 4 or more hex digits of its id "
			"(`dossier log`)",
			word);
	for (uint32_t i = 0; i < f->count; i++) {
		hex_encode(hex, bytes_of(f->changes[i].id.b, sizeof f->changes[i].id.b));
		if (strncmp(hex, word, size) != 0)
			continue;
		*position = i;
		found++;
	}
	if (found == 1)
		return ERR_OK;
	*position = UINT32_MAX;
	if (found > 1)
		return err_set(why, ERR_USAGE, "\"%s\" is the beginning of %u changes; type more of the id", word,
			(unsigned)found);
	return err_set(
		why, ERR_NOT_FOUND, "this case has no change \"%s\"; `dossier log` shows those it has", word);
}

enum err lookup_site(
	const struct charter_entry **out, const struct charter *c, const char *word, struct err_text *why)
{
	const struct charter_entry *const *list;
	uint32_t count;
	uint64_t number;
	struct arena a;
	struct suggest near;
	char hint[128];
	*out = charter_site_named(c, bytes_text(word));
	if (!*out && decimal_decode(&number, bytes_text(word), STATEMENT_NUMBER_MAX) == ERR_OK)
		*out = charter_site(c, (uint32_t)number);
	if (*out)
		return ERR_OK;
	arena_init(&a, LOOKUP_MEMORY_MAX);
	suggest_init(&near, word);
	enum err e = charter_list(&list, &count, &a, c, STATEMENT_SITE);
	for (uint32_t i = 0; !e && i < count; i++) {
		const char *name = arena_text(&a, list[i]->statement->as.site.name);
		if (name)
			suggest_offer(&near, name);
	}
	suggest_put(&near, hint, sizeof hint);
	arena_clear(&a);
	return e ? e
			 : err_set(why, ERR_NOT_FOUND, "there is no site \"%.60s\"%s", word,
				 near.nearest ? hint : "; `dossier site list` names them");
}

enum err lookup_shorten(char out[LOOKUP_SHORT_SIZE], struct replica *r, const struct case_id *id)
{
	char hex[LOOKUP_SHORT_SIZE];
	struct arena a;
	enum err e = ERR_OK;
	size_t size = LOOKUP_SHORT_MIN;
	hex_encode(hex, bytes_of(id->b, sizeof id->b));
	for (; size < LOOKUP_SHORT_SIZE - 1; size++) {
		struct index_case *cases;
		size_t count;
		memcpy(out, hex, size);
		out[size] = '\0';
		arena_init(&a, LOOKUP_MEMORY_MAX);
		e = index_match_cases(&cases, &count, replica_index(r), &a, out, 2);
		arena_clear(&a);
		if (e || count <= 1)
			break;
	}
	memcpy(out, hex, size);
	out[size] = '\0';
	return e;
}
