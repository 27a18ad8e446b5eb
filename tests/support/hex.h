/* Bytes of the test vectors: hex as the sources print it. */
#ifndef TESTS_SUPPORT_HEX_H
#define TESTS_SUPPORT_HEX_H

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* Decodes exactly `size` bytes. */
static inline void from_hex(uint8_t *out, size_t size, const char *hex)
{
	size_t used = 0;
	int failed = sodium_hex2bin(out, size, hex, strlen(hex), " \n", &used, NULL);
	assert(!failed && used == size);
	(void)failed;
}

#define assert_hex_equal(data, size, hex) \
	do { \
		char text_[2 * 2048 + 1]; \
		assert((size) <= 2048); \
		sodium_bin2hex(text_, sizeof text_, (data), (size)); \
		assert_string_equal(text_, (hex)); \
	} while (0)

#endif
