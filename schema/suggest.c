/* The nearest right name. */
#include "schema/suggest.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

void suggest_init(struct suggest *s, const char *word)
{
	*s = (struct suggest){ .word = word };
}

void suggest_offer(struct suggest *s, const char *name)
{
	unsigned distance = text_distance(s->word, name);
	size_t length = strlen(s->word);
	/* Three slips in a long word, one in a short one: farther off it would be a guess, not a help. */
	if (distance > 3 || distance * 3 > length + 1)
		return;
	if (!s->nearest || distance < s->distance) {
		s->nearest = name;
		s->distance = distance;
	}
}

void suggest_put(const struct suggest *s, char *out, unsigned size)
{
	out[0] = '\0';
	if (s->nearest)
		snprintf(out, size, "; did you mean \"%s\"?", s->nearest);
}
