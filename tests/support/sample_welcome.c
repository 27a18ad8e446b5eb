/* Makes a request and a welcome from constants. */
#include "tests/support/sample_welcome.h"

#include "tests/support/sample.h"
#include "tests/support/sample_statement.h"

#include <stdlib.h>

/* Stays in with NDEBUG. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

void sample_request(struct request *out, struct buf *file)
{
	struct sign_key node, officer;
	sample_sign_key(&node, SAMPLE_NODE);
	sample_sign_key(&officer, SAMPLE_OFFICER);
	*out = (struct request){ .site_name = bytes_text("reception-west"), .node_name = bytes_text("laptop-1"),
		.officer_name = bytes_text("m.weber") };
	sample_fill(out->encryption_key, 32, 0xe1);
	sample_fill(out->transport_key, 32, 0xe2);
	memcpy(out->node.b, node.public_key, 32);
	memcpy(out->officer.b, officer.public_key, 32);
	must(request_encode(file, out, &node, &officer) == ERR_OK);
	sign_key_clear(&node);
	sign_key_clear(&officer);
}

void sample_welcome(struct buf *file)
{
	const struct welcome_form form = { bytes_text("asylum"), bytes_text("{}\n") };
	struct welcome w = { .site = 2, .statement_count = 2, .forms = &form, .form_count = 1 };
	struct bytes statements[2];
	struct buf body[2], blob[2];
	for (uint32_t i = 0; i < 2; i++) {
		buf_init(&body[i], STATEMENT_BLOB_MAX);
		buf_init(&blob[i], STATEMENT_BLOB_MAX);
		sample_statement_blob(&body[i], &blob[i], STATEMENT_FOUND + i);
		statements[i] = buf_bytes(&blob[i]);
	}
	w.statements = statements;
	statement_get_federation(&w.federation, buf_bytes(&body[0]));
	must(welcome_encode(file, &w) == ERR_OK);
	for (uint32_t i = 0; i < 2; i++) {
		buf_clear(&body[i]);
		buf_clear(&blob[i]);
	}
}
