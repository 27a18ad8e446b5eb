/* Makes random cases. */
#include "tests/support/case_random.h"

#include <stdio.h>
#include <string.h>

static uint32_t next(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33) % below;
}

/* One or two of the changes before number i, near the end, ascending. */
static void pick_parents(char parents[3], const char *names, uint32_t i, uint64_t *seed)
{
	uint32_t from = i > 4 ? i - 4 : 0;
	memset(parents, 0, 3);
	parents[0] = names[from + next(seed, i > 4 ? 2 : (i + 1) / 2)];
	if (i > 4 && next(seed, 2))
		parents[1] = names[from + 2 + next(seed, 2)];
}

static void pick_acts(char *text, size_t size, char old_epoch, uint64_t *seed)
{
	uint32_t compartment = 1 + next(seed, 3), role = 1 + next(seed, 2), site = 1 + next(seed, 4);
	char epoch = next(seed, 2) ? 'A' : old_epoch;
	switch (next(seed, 6)) {
	case 0:
		snprintf(text, size, "withdraw %u %u %u", next(seed, 4), role, site);
		break;
	case 1:
	case 2:
		snprintf(text, size, "grant %u %c %u %u; write %u %c", compartment, epoch, role, site, compartment,
			epoch);
		break;
	case 3:
		snprintf(text, size, "grant %u 0 %u %u %u; write %u 0", compartment, role, 1 + next(seed, 2),
			3 + next(seed, 2), compartment);
		break;
	case 4:
		snprintf(text, size, "withdraw %u 1 %u; grant %u A 1 %u; write %u %c", compartment, site,
			1 + next(seed, 3), 1 + next(seed, 4), compartment, epoch);
		break;
	default:
		snprintf(text, size, "write %u %c", compartment, epoch);
		break;
	}
}

void case_random_make(struct case_kit *k, uint64_t seed)
{
	static const char names[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn";
	static const char *const openings[] = {
		"grant 1 0 1 1 2 3; grant 2 0 2 1 2 3; grant 3 0 1 1 2; write 1 0; write 3 0",
		"grant 1 0 1 1 2 3 4; write 1 0", "grant 1 0 1 2; grant 2 0 1 1 2; write 1 0" };
	char text[200], parents[3];
	(void)case_kit_add(k, names[0], "", 2, openings[seed % 3]);
	for (uint32_t i = 1; names[i]; i++) {
		pick_parents(parents, names, i, &seed);
		pick_acts(text, sizeof text, names[next(&seed, i)], &seed);
		(void)case_kit_add(k, names[i], parents, 1 + next(&seed, 4), text);
		if (next(&seed, 8) == 0)
			(void)case_kit_say(k,
				kit_site(&k->kit, 3, "south", SITE_RECEPTION, 2 * (1 + next(&seed, 3))));
	}
}
