/* Guarded memory: what is copied, compared, wiped. */
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/support/hex.h"

static void a_new_secret_is_zero(void **state)
{
	(void)state;
	static const uint8_t zero[SECRET_SIZE];
	struct secret s;
	assert_int_equal(secret_new(&s), ERR_OK);
	assert_memory_equal(s.b, zero, SECRET_SIZE);
	secret_free(&s);
	assert_false(secret_is_set(&s));
	secret_free(&s);
	secret_free(NULL);
}

static void taking_wipes_the_source(void **state)
{
	(void)state;
	static const uint8_t zero[SECRET_SIZE];
	uint8_t bytes[SECRET_SIZE];
	struct secret a, b;
	memset(bytes, 7, sizeof bytes);
	assert_int_equal(secret_from(&a, bytes), ERR_OK);
	assert_int_equal(bytes[0], 7);
	assert_int_equal(secret_take(&b, bytes), ERR_OK);
	assert_memory_equal(bytes, zero, SECRET_SIZE);
	assert_true(secret_equal(&a, &b));
	secret_free(&a);
	secret_free(&b);
}

static void every_bit_counts_in_a_comparison(void **state)
{
	(void)state;
	struct secret a, b, none = { NULL };
	assert_int_equal(secret_new(&a), ERR_OK);
	assert_int_equal(secret_copy(&b, &a), ERR_OK);
	assert_true(secret_equal(&a, &b));
	for (unsigned bit = 0; bit < 8 * SECRET_SIZE; bit++) {
		b.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(secret_equal(&a, &b));
		b.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_false(secret_equal(&a, &none));
	assert_false(secret_equal(&none, &none));
	secret_free(&a);
	secret_free(&b);
}

/* Runs in a child what should be the end of it; true when it did end by a signal or a sanitizer. */
static bool ends_the_process(void (*touch)(const struct secret *), const struct secret *s)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		/* The sanitizers' report is expected here, and nobody's business. */
		close(STDERR_FILENO);
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		const struct rlimit no_core = { 0, 0 };
		setrlimit(RLIMIT_CORE, &no_core);
		touch(s);
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void read_inside(const struct secret *s)
{
	volatile uint8_t byte = s->b[SECRET_SIZE - 1];
	(void)byte;
}

static void read_behind(const struct secret *s)
{
	volatile uint8_t byte = s->b[SECRET_SIZE];
	(void)byte;
}

static void a_read_behind_the_end_ends_the_process(void **state)
{
	(void)state;
	struct secret s;
	assert_int_equal(secret_new(&s), ERR_OK);
	assert_false(ends_the_process(read_inside, &s));
	assert_true(ends_the_process(read_behind, &s));
	secret_free(&s);
}

/* BLAKE2b-256 under the key over CBOR [context, data], as docs/format.md has it; made with Python. */
static void derived_keys_differ_by_key_context_and_data(void **state)
{
	(void)state;
	static const uint8_t data[] = { 1, 2, 3 };
	struct secret key, a, b;
	assert_int_equal(secret_new(&key), ERR_OK);
	for (uint8_t i = 0; i < SECRET_SIZE; i++)
		key.b[i] = i;
	assert_int_equal(secret_derive(&a, &key, "dossier test 1", bytes_of(data, 3)), ERR_OK);
	assert_hex_equal(a.b, SECRET_SIZE, "88522a7b070671eddf4f77d2533b210785468c3e179b8cac27c5e3ed99e2b928");
	assert_int_equal(secret_derive(&b, &key, "dossier test 2", bytes_of(data, 3)), ERR_OK);
	assert_false(secret_equal(&a, &b));
	secret_free(&b);
	assert_int_equal(secret_derive(&b, &key, "dossier test 1", bytes_of(data, 2)), ERR_OK);
	assert_false(secret_equal(&a, &b));
	secret_free(&b);
	key.b[0] ^= 1;
	assert_int_equal(secret_derive(&b, &key, "dossier test 1", bytes_of(data, 3)), ERR_OK);
	assert_false(secret_equal(&a, &b));
	secret_free(&b);
	/* More than any derivation needs is refused, and the outcome is empty. */
	static const uint8_t large[65 * 1024];
	assert_int_equal(secret_derive(&b, &key, "dossier test 1", bytes_of(large, sizeof large)), ERR_LIMIT);
	assert_false(secret_is_set(&b));
	secret_free(&key);
	secret_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_secret_is_zero),
		cmocka_unit_test(taking_wipes_the_source),
		cmocka_unit_test(every_bit_counts_in_a_comparison),
		cmocka_unit_test(a_read_behind_the_end_ends_the_process),
		cmocka_unit_test(derived_keys_differ_by_key_context_and_data),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
