/* What import judges about a change: canonical bytes, signature, case, parents, and the charter's lists. */
#include "schema/keep.h"

#include "schema/entitle.h"

static const char *const code_names[] = { "fine", "bad_format", "oversize", "other_federation",
	"bad_signature", "wrong_case", "wrong_parent", "wrong_statement", "not_appointed", "unknown_node",
	"missing_statement", "missing_parent" };

const char *keep_code_name(enum keep_code code)
{
	return (unsigned)code < sizeof code_names / sizeof *code_names ? code_names[code] : "unknown";
}

static void refuse(struct keep_result *out, enum keep_code code)
{
	*out = (struct keep_result){ .verdict = KEEP_REFUSED, .code = code };
}

enum err keep_read_commit(struct keep_result *out, struct change **change, const struct git_id **parents_git,
	struct arena *a, const struct federation_id *federation, struct bytes commit, bool verify,
	struct err_text *why)
{
	*change = NULL;
	*parents_git = NULL;
	struct change *read = NULL;
	const struct git_id *git = NULL;
	enum err e = change_parse_commit(&read, &git, a, commit, why);
	if (e == ERR_FORMAT || e == ERR_LIMIT) {
		refuse(out, e == ERR_LIMIT ? KEEP_OVERSIZE : KEEP_BAD_FORMAT);
		return ERR_OK;
	}
	if (e)
		return e;
	if (!federation_id_equal(&read->federation, federation)) {
		refuse(out, KEEP_OTHER_FEDERATION);
		(void)err_set(why, ERR_REFUSED, "change: of another federation");
		return ERR_OK;
	}
	if (verify) {
		e = change_verify(read, commit);
		if (e == ERR_CRYPTO) {
			refuse(out, KEEP_BAD_SIGNATURE);
			(void)err_set(why, ERR_REFUSED, "change: the signature does not hold");
			return ERR_OK;
		}
		if (e)
			return e;
	}
	*out = (struct keep_result){ .verdict = KEEP_OK };
	*change = read;
	*parents_git = git;
	return ERR_OK;
}

/* Fills *out unless the charter lists officer and node among the statements that the change names. */
static bool is_listed(struct keep_result *out, const struct charter *charter, const struct change *change)
{
	struct entitle_at at;
	enum entitle_found found = entitle_find(&at, charter, &change->root, &change->issuer);
	if (found == ENTITLE_NO_ROOT || found == ENTITLE_NO_ISSUER) {
		*out = (struct keep_result){ .verdict = KEEP_WAITS, .code = KEEP_MISSING_STATEMENT,
			.missing_statement = found == ENTITLE_NO_ROOT ? change->root : change->issuer };
		return false;
	}
	if (found == ENTITLE_WRONG_CHAIN) {
		refuse(out, KEEP_WRONG_STATEMENT);
		return false;
	}
	enum entitle_listed listed = entitle_is_listed(charter, &at, &change->officer, &change->node);
	if (listed == ENTITLE_LISTED)
		return true;
	refuse(out, listed == ENTITLE_NOT_APPOINTED ? KEEP_NOT_APPOINTED : KEEP_UNKNOWN_NODE);
	return false;
}

void keep_judge(struct keep_result *out, const struct charter *charter, const struct change *change,
	const struct keep_parent *parents)
{
	if (change->parent_count == 0) {
		struct case_id made;
		change_case_id(&made, &change->federation, &change->officer, change->nonce);
		if (!case_id_equal(&made, &change->case_id)) {
			refuse(out, KEEP_WRONG_CASE);
			return;
		}
	}
	for (uint32_t i = 0; i < change->parent_count; i++) {
		if (parents[i].held && !case_id_equal(&parents[i].case_id, &change->case_id)) {
			refuse(out, KEEP_WRONG_PARENT);
			return;
		}
	}
	if (!is_listed(out, charter, change))
		return;
	for (uint32_t i = 0; i < change->parent_count; i++) {
		if (!parents[i].held) {
			*out = (struct keep_result){ .verdict = KEEP_WAITS, .code = KEEP_MISSING_PARENT,
				.missing_parent = change->parents[i] };
			return;
		}
	}
	*out = (struct keep_result){ .verdict = KEEP_OK };
}
