/* histories: plays random histories through the engine and the model, in many orders of arrival, and
 * demands byte-equal views.
 *
 *     histories [--count N] [--seed S] [--quiet]
 *
 * History i has the seed S + i, every fourth on the asylum form, the others on the tests' own form.  The
 * first that fails is shrunk and printed as a story. */
#include "tests/histories/histories.h"

#include "node/forms.h"

#include <stdio.h>
#include <stdlib.h>

static bool load_form(struct history_form *out, const char *name)
{
	struct err_text why = { "" };
	for (const struct form_file *f = forms_data; f->name; f++) {
		if (strcmp(f->name, name) != 0)
			continue;
		out->name = name;
		out->model = cJSON_ParseWithLength((const char *)f->data, f->size);
		enum err e = form_load(&out->engine, bytes_of(f->data, f->size), &why);
		if (e)
			fprintf(stderr, "histories: form %s: %s\n", name, why.text);
		return !e && out->model;
	}
	return false;
}

static void print_failure(const struct history_form *form, cJSON *story, uint64_t seed)
{
	static char message[HISTORY_MESSAGE_MAX];
	history_shrink(form, story, seed);
	history_check(message, NULL, form, story, seed);
	cJSON *file = cJSON_CreateObject();
	cJSON_AddStringToObject(file, "schema", form->name);
	cJSON *stories = cJSON_AddArrayToObject(file, "stories");
	cJSON_AddItemReferenceToArray(stories, story);
	char *text = cJSON_Print(file);
	printf("%s\n%s\nseed %llu failed, shrunk to %d changes\n", text, message, (unsigned long long)seed,
		cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(story, "changes")));
	free(text);
	cJSON_Delete(file);
}

/* What a long run must have reached; 0 when something is missing. */
static bool print_sum(const struct history_sum *s, uint64_t count)
{
	bool reached = true;
	printf("%llu histories, %llu changes, %llu operations; %llu views, %.0f us each\nfields:",
		(unsigned long long)s->histories, (unsigned long long)s->changes, (unsigned long long)s->ops,
		(unsigned long long)s->views, s->view_seconds * 1e6 / (double)s->views);
	for (enum view_status i = STATUS_CLEAN; i <= STATUS_ERASED; i++) {
		printf(" %s %llu", view_status_name(i), (unsigned long long)s->statuses[i]);
		reached = reached && (s->statuses[i] || i == STATUS_ALERT);
	}
	printf("\nineffective:");
	for (enum op_reason i = REASON_NOT_PERMITTED; i <= REASON_UNKNOWN_CODE; i++) {
		bool machine = i == REASON_WRONG_STATE || i == REASON_NO_SUCH_TRANSITION || i == REASON_GUARD_FAILED;
		printf(" %s %llu", op_reason_name(i), (unsigned long long)s->reasons[i]);
		reached = reached && (s->reasons[i] || machine);
	}
	printf("\n");
	if (count >= 1000 && !reached)
		printf("not every status and reason was reached\n");
	return reached || count < 1000;
}

int main(int argc, char **argv)
{
	static struct history_sum sum;
	static char message[HISTORY_MESSAGE_MAX];
	struct history_form forms[2];
	uint64_t count = 3000, seed = 1;
	bool quiet = false, fine = true;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quiet") == 0)
			quiet = true;
		else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
			count = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 10);
		else
			return 2;
	}
	if (!load_form(&forms[0], "model") || !load_form(&forms[1], "asylum"))
		return 2;
	for (uint64_t i = 0; i < count && fine; i++) {
		const struct history_form *form = &forms[i % 4 == 3];
		cJSON *story = history_make(form, seed + i);
		fine = history_check(message, &sum, form, story, seed + i);
		if (!fine)
			print_failure(form, story, seed + i);
		cJSON_Delete(story);
	}
	if (fine && !quiet)
		fine = print_sum(&sum, count);
	for (int i = 0; i < 2; i++) {
		form_free(forms[i].engine);
		cJSON_Delete(forms[i].model);
	}
	return fine ? 0 : 1;
}
