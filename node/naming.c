/* Names from the charter. */
#include "node/naming.h"

enum { NAMING_MEMORY_MAX = 256 << 20 };

enum err naming_init(struct naming *n, const struct charter *charter)
{
	*n = (struct naming){ .charter = charter };
	arena_init(&n->arena, NAMING_MEMORY_MAX);
	return charter_list(&n->appointments, &n->count, &n->arena, charter, STATEMENT_APPOINT);
}

void naming_clear(struct naming *n)
{
	if (n->charter)
		arena_clear(&n->arena);
	*n = (struct naming){ 0 };
}

struct bytes naming_officer(const struct naming *n, uint32_t site, const struct officer_id *officer)
{
	for (uint32_t i = 0; i < n->count; i++) {
		const struct statement_appoint *a = &n->appointments[i]->statement->as.appoint;
		if (a->site == site && officer_id_equal(&a->officer, officer))
			return a->name;
	}
	return bytes_text("?");
}

struct bytes naming_site(const struct naming *n, uint32_t site)
{
	const struct charter_entry *e = charter_site(n->charter, site);
	return e ? e->statement->as.site.name : bytes_text("?");
}
