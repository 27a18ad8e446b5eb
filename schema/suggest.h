/* "did you mean": the nearest of the names that would have been right. */
#ifndef SCHEMA_SUGGEST_H
#define SCHEMA_SUGGEST_H

struct suggest {
	const char *word;    /* what was typed */
	const char *nearest; /* NULL until something is near enough */
	unsigned distance;
};

void suggest_init(struct suggest *s, const char *word);

/* Offers one right name.  It must outlive `s`.  The first of equally near ones stays. */
void suggest_offer(struct suggest *s, const char *name);

/* Writes `; did you mean "NAME"?` into `out` of `size` bytes, or the empty text. */
void suggest_put(const struct suggest *s, char *out, unsigned size);

#endif
