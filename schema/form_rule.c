/* Reading a form file: whether a field's parameters are those that its rule and type take. */
#include "schema/form_read.h"

/* What a rule makes of a parameter. */
enum use { NO, MAY, MUST };

struct rule_use {
	bool known; /* false: reserved, no judgement is built for it */
	enum field_shape shape;
	enum use ranks, tie, rank_by_basis, sticky, resolve, interim, entry_kinds;
};

static const struct rule_use uses[] = {
	[RULE_LAST_WRITER] = { true, SHAPE_SINGLE, NO, NO, NO, NO, NO, NO, NO },
	[RULE_AUTHORITY] = { true, SHAPE_SINGLE, MUST, MUST, MAY, MAY, NO, NO, NO },
	[RULE_WRITE_ONCE] = { true, SHAPE_SINGLE, NO, NO, NO, NO, MUST, MUST, NO },
	[RULE_UNION_SET] = { true, SHAPE_SET, NO, NO, NO, NO, NO, NO, NO },
	[RULE_APPEND_LIST] = { true, SHAPE_LIST, NO, NO, NO, NO, NO, NO, MAY },
	[RULE_MIN] = { true, SHAPE_SINGLE, NO, NO, NO, NO, NO, NO, NO },
	[RULE_MAX] = { true, SHAPE_SINGLE, NO, NO, NO, NO, NO, NO, NO },
	[RULE_MANUAL_REVIEW] = { true, SHAPE_SINGLE, NO, NO, NO, NO, MUST, MUST, NO },
	[RULE_STATE_MACHINE] = { false, SHAPE_SINGLE, NO, NO, NO, NO, NO, NO, NO },
	[RULE_TEXT_MERGE] = { false, SHAPE_SINGLE, NO, NO, NO, NO, MUST, MUST, NO },
};

static void check_use(struct form_reader *r, const struct json *object, const char *owner, const char *key,
	enum use use)
{
	const struct json *member = json_get(object, key);
	if (member && use == NO)
		form_complain(r, member, "\"%s\" has no meaning for %s", key, owner);
	if (!member && use == MUST)
		form_complain(r, object, "\"%s\" is missing: %s needs it", key, owner);
}

static bool is_ordered(const struct form_field *field)
{
	return field->type == TYPE_DATE || field->type == TYPE_DATETIME || field->type == TYPE_INTEGER ||
		field->type == TYPE_ENUM;
}

/* Which interim a rule can stand on: write_once has no value that both agreed on, and without
 * write_once the earliest of several is as arbitrary as the latest. */
static void check_interim(struct form_reader *r, const struct json *object, const struct form_field *field)
{
	const struct json *interim = json_get(object, "interim");
	if (!interim)
		return;
	if (field->rule == RULE_WRITE_ONCE && field->interim == INTERIM_LAST_AGREED)
		form_complain(r, interim, "interim last_agreed has no meaning for write_once");
	if (field->rule != RULE_WRITE_ONCE && field->interim == INTERIM_EARLIEST)
		form_complain(r, interim, "interim earliest is for write_once only");
}

static void check_authority(struct form_reader *r, const struct json *object, const struct form_field *field)
{
	enum use review = field->tie == TIE_MANUAL_REVIEW ? MUST : NO;
	const char *owner = review == MUST ? "a tie that is reviewed" : "authority with this tie";
	if (field->tie) {
		check_use(r, object, owner, "resolve", review);
		check_use(r, object, owner, "interim", review);
	}
	if (field->rank_by_basis && r->form->basis_count == 0)
		form_complain(r, json_get(object, "rank_by_basis"), "the form has no \"bases\" to rank by");
	/* A rank that a later and weaker source could silently undo would rank nothing. */
	if (field->rank_by_basis && !field->sticky)
		form_complain(r, json_get(object, "rank_by_basis"), "\"rank_by_basis\" needs \"sticky\": true");
}

static void check_type(struct form_reader *r, const struct json *object, const struct form_field *field)
{
	const char *type = form_type_name(field->type);
	bool text = field->type == TYPE_TEXT;
	check_use(r, object, type, "values", field->type == TYPE_ENUM ? MUST : NO);
	check_use(r, object, type, "records", field->type == TYPE_RECORD ? MAY : NO);
	check_use(r, object, type, "pattern", text ? MAY : NO);
	check_use(r, object, type, "text_max", text ? MAY : NO);
}

void form_check_rule(struct form_reader *r, const struct json *object, const struct form_field *field)
{
	static const char *const shapes[] = {
		[SHAPE_SINGLE] = "a single value", [SHAPE_SET] = "\"set of\" a type",
		[SHAPE_LIST] = "\"list of\" a type",
	};
	const struct rule_use *use = &uses[field->rule];
	const char *rule = form_rule_name(field->rule);
	bool extreme = field->rule == RULE_MIN || field->rule == RULE_MAX;
	check_type(r, object, field);
	if (!use->known) {
		form_complain(r, json_get(object, "rule"), "the rule %s is reserved: it cannot be used yet", rule);
		return;
	}
	if (field->shape != use->shape)
		form_complain(r, json_get(object, "type"), "%s needs %s", rule, shapes[use->shape]);
	if (extreme && !is_ordered(field))
		form_complain(r, json_get(object, "type"),
			"%s needs date, datetime, integer, or enum with \"order\"", rule);
	check_use(r, object, rule, "order", !extreme ? NO : field->type == TYPE_ENUM ? MUST : NO);
	check_use(r, object, rule, "ranks", use->ranks);
	check_use(r, object, rule, "tie", use->tie);
	check_use(r, object, rule, "rank_by_basis", use->rank_by_basis);
	check_use(r, object, rule, "sticky", use->sticky);
	check_use(r, object, rule, "entry_kinds", use->entry_kinds);
	if (field->entry_kind_count > 0 && field->type != TYPE_RECORD)
		form_complain(r, json_get(object, "type"), "\"entry_kinds\" needs a list of record");
	if (field->rule == RULE_AUTHORITY) {
		check_authority(r, object, field);
	} else {
		check_use(r, object, rule, "resolve", use->resolve);
		check_use(r, object, rule, "interim", use->interim);
	}
	check_interim(r, object, field);
}
