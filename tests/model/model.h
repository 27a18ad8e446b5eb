/* The rules once more, by brute force: who saw whom as a full table, every definition of docs/rules.md
 * taken at its word over lists of operations.  Shares nothing with schema/, so that a fault would have to
 * be made twice.  Reads stories and forms as cJSON trees. */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MODEL_CHANGES_MAX = 64, MODEL_OPS_MAX = 1024, MODEL_COMPARTMENTS_MAX = 64, MODEL_VALUE_MAX = 200
};

struct model_value { /* canonical bytes; size 0: not a value of the field */
	size_t size;
	unsigned char bytes[MODEL_VALUE_MAX];
};

struct model_op {
	int change;      /* place in the fixed order */
	int compartment; /* of the payload; MODEL_COMPARTMENTS_MAX for an act */
	const char *kind;
	const cJSON *json;
	const cJSON *field; /* of the form; NULL when the form has none, or for the change itself */
	struct model_value value;
	int rank[2];        /* of authority: basis, then role; less is stronger */
	const char *reason; /* why it does not count; NULL: it does */
};

struct model_change {
	const cJSON *json;
	const char *label, *role;
	unsigned char id[32];
	long long time; /* order time */
	int parents[MODEL_CHANGES_MAX];
	int parent_count;
	bool struck;
};

struct model { /* changes and operations stand in the fixed order */
	const cJSON *form;
	struct model_change changes[MODEL_CHANGES_MAX];
	int change_count;
	bool sees[MODEL_CHANGES_MAX][MODEL_CHANGES_MAX];
	struct model_op ops[MODEL_OPS_MAX];
	int op_count;
};

/* What a field comes to; items and losers are indexes of operations. */
struct model_result {
	const char *status;
	const cJSON *value; /* NULL: none */
	int by;             /* the operation that wrote it; -1: the form's own */
	int items[MODEL_OPS_MAX];
	int item_count; /* elements, entries, or candidates */
	int losers[MODEL_OPS_MAX];
	int loser_count;
};

/* The text that the view of all the story's changes has, with who wrote what (schema/view_text.h), to be
 * freed with free().
 * NULL when the story is more than the model holds. */
char *model_run(const cJSON *form, const cJSON *story);

/* ---- Between the parts of the model */

const char *model_text(const cJSON *object, const char *key); /* "" when there is none */
bool model_names(const cJSON *list, const char *name);        /* a list of texts, or "all" */
int model_place(const cJSON *list, const char *name);         /* -1: not there */
bool model_is(const cJSON *field, const char *key, const char *text);

/* The id that a label stands for. */
void model_hash(unsigned char id[32], const char *kind, const char *label);

bool model_load(struct model *m, const cJSON *form, const cJSON *story);
void model_judge(struct model *m);
/* The field by all operations `in` the given set that count. */
void model_decide(struct model_result *r, const struct model *m, const cJSON *field, const bool *in);
bool model_op_sees(const struct model *m, int a, int b);
/* Heads of a single-value field among the operations `in`; returns their count. */
int model_heads(int *heads, const struct model *m, const cJSON *field, const bool *in);
bool model_equal(const struct model_value *a, const struct model_value *b);
int model_compare(const struct model_value *a, const struct model_value *b);

/* The canonical bytes of a JSON value in this field, empty when the field does not take it. */
void model_encode(struct model_value *out, const cJSON *field, const cJSON *json);
/* Seconds since 1970 of "2026-02-03T09:00:00Z"; -1 for any other shape. */
long long model_moment(const char *text);
/* Null, or a typed absence. */
bool model_is_blank(const cJSON *json);
const cJSON *model_written(const struct model_op *op); /* the JSON value that it writes */

#endif
