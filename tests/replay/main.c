/* replay: plays the stories of a file and prints what each phase comes to, one JSON line per phase.
 *
 *     replay [--check] [--shuffle N] [--seed N] FILE [STORY [PHASE]]
 *
 * --check compares with what the file expects and prints differences and a count; --shuffle plays each
 * phase in N more orders of arrival and demands byte-equal views.  Operations of rules that are not
 * there are left out and counted. */
#include "tests/replay/replay.h"

#include "node/forms.h"
#include "node/fs.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 16 << 20, STORY_MEMORY = 256 << 20 };

struct options {
	const char *path, *story, *phase;
	bool check;
	unsigned shuffle;
	uint64_t seed;
};

struct player {
	struct options options;
	struct form *form;
	struct replay_count count;
	unsigned phases, skipped;
	struct buf line, words;
	struct err_text why;
};

static int usage(void)
{
	fputs("usage: replay [--check] [--shuffle N] [--seed N] FILE [STORY [PHASE]]\n", stderr);
	return 2;
}

static bool parse_options(struct options *o, int argc, char **argv)
{
	const char **words[] = { &o->path, &o->story, &o->phase };
	size_t word = 0;
	*o = (struct options){ .seed = 1 };
	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;
		if (strcmp(argv[i], "--check") == 0)
			o->check = true;
		else if (strcmp(argv[i], "--shuffle") == 0 && more)
			o->shuffle = (unsigned)strtoul(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0 && more)
			o->seed = strtoull(argv[++i], NULL, 10);
		else if (argv[i][0] == '-' || word == 3)
			return false;
		else
			*words[word++] = argv[i];
	}
	return o->path != NULL;
}

static enum err play_phase(struct player *p, const struct story *story, const struct json *json)
{
	struct arena a;
	struct replay_phase phase;
	arena_init(&a, STORY_MEMORY);
	buf_reset(&p->line);
	enum err e = replay_play(&phase, &a, p->form, story, json, &p->why);
	if (!e && p->options.shuffle)
		e = replay_shuffle(&phase, p->options.seed, p->options.shuffle, &p->why);
	if (!e)
		e = replay_line(&p->line, &phase);
	if (!e && p->options.check)
		e = replay_check(&p->count, &p->words, &phase, buf_bytes(&p->line));
	if (!e && !p->options.check)
		printf("%s\n", buf_text(&p->line));
	p->phases++;
	p->skipped += phase.skipped;
	arena_clear(&a);
	return e;
}

static bool is_wanted(const char *wanted, const struct json *object, const char *key)
{
	const struct json *name = json_get(object, key);
	return !wanted || (name && strcmp(json_text(name), wanted) == 0);
}

static enum err play_story(struct player *p, const struct json *json)
{
	struct arena a;
	struct story story;
	arena_init(&a, STORY_MEMORY);
	enum err e = story_load(&story, &a, p->form, json, &p->why);
	const struct json *phases = json_get(json, "phases");
	for (const struct json *j = phases ? json_first(phases) : NULL; j && !e; j = json_next(j)) {
		if (is_wanted(p->options.phase, j, "name"))
			e = play_phase(p, &story, j);
	}
	if (!e && !phases)
		e = play_phase(p, &story, NULL);
	arena_clear(&a);
	return e;
}

static enum err play_file(struct player *p)
{
	struct buf file;
	struct json *root = NULL;
	struct bytes form;
	buf_init(&file, FILE_MAX);
	enum err e = fs_read_file(&file, p->options.path, &p->why);
	if (!e)
		e = json_parse(&root, buf_bytes(&file), &p->why);
	const struct json *schema = e ? NULL : json_get(root, "schema");
	const char *name = schema ? json_text(schema) : "asylum";
	if (!e && !form_file_find(&form, name))
		e = err_set(&p->why, ERR_NOT_FOUND, "no form is called \"%s\"", name);
	if (!e)
		e = form_load(&p->form, form, &p->why);
	const struct json *stories = e ? NULL : json_get(root, "stories");
	for (const struct json *j = stories ? json_first(stories) : NULL; j && !e; j = json_next(j)) {
		if (is_wanted(p->options.story, j, "id"))
			e = play_story(p, j);
	}
	form_free(p->form);
	json_free(root);
	buf_clear(&file);
	return e;
}

int main(int argc, char **argv)
{
	struct player p = { .phases = 0 };
	if (!parse_options(&p.options, argc, argv))
		return usage();
	buf_init(&p.line, FILE_MAX);
	buf_init(&p.words, FILE_MAX);
	enum err e = play_file(&p);
	if (e)
		fprintf(stderr, "replay: %s: %s (%s)\n", p.options.path, p.why.text, err_name(e));
	else if (p.phases == 0)
		fprintf(stderr, "replay: %s: no such story or phase\n", p.options.path);
	fputs(buf_text(&p.words), stdout);
	if (p.skipped)
		fprintf(stderr, "replay: %u operations skipped: their rule is not there\n", p.skipped);
	if (p.options.shuffle && !e)
		fprintf(stderr, "replay: %u phases, each in %u more orders: equal\n", p.phases, p.options.shuffle);
	if (p.options.check) {
		if (p.count.skipped)
			fprintf(stderr, "replay: %u expectations of fields without a rule not checked\n",
				p.count.skipped);
		printf("%u passed, %u failed\n", p.count.passed, p.count.failed + (e != ERR_OK));
	}
	buf_clear(&p.line);
	buf_clear(&p.words);
	return e || p.phases == 0 || p.count.failed ? 1 : 0;
}
