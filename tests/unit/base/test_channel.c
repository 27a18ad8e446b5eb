/* The channel's primitives against RFC 8439 and Python's hmac. */
#include "base/channel.h"
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"

/* RFC 8439 appendix A.5, whose nonce has the form of ours: 00000000 0102030405060708. */
static const char rfc_key[] = "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0";
static const char rfc_ad[] = "f33388860000000000004e91";
static const char rfc_box[] =
	"64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb2"
	"4c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf"
	"332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855"
	"9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
	"b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523e"
	"af4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a"
	"0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
	"49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29"
	"a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38";
static const char rfc_plain[] =
	"Internet-Drafts are draft documents valid for a maximum of six months and may be updated, replaced, or "
	"obsoleted by other documents at any time. It is inappropriate to use Internet-Drafts as reference "
	"material or to cite them other than as /\xe2\x80\x9cwork in progress./\xe2\x80\x9d";

static void seals_and_opens_as_rfc_8439(void **state)
{
	(void)state;
	uint8_t key[CHANNEL_KEY_SIZE], ad[12];
	const uint64_t counter = 0x0807060504030201;
	struct buf out, back;
	from_hex(key, sizeof key, rfc_key);
	from_hex(ad, sizeof ad, rfc_ad);
	buf_init(&out, 1024);
	buf_init(&back, 1024);
	assert_int_equal(channel_seal(&out, key, counter, bytes_of(ad, 12), bytes_text(rfc_plain)), ERR_OK);
	assert_hex_equal(out.data, out.size, rfc_box);
	assert_int_equal(channel_open(&back, key, counter, bytes_of(ad, 12), buf_bytes(&out)), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&back), bytes_text(rfc_plain)));
	buf_clear(&out);
	buf_clear(&back);
}

static void another_counter_key_or_ad_does_not_open(void **state)
{
	(void)state;
	uint8_t key[CHANNEL_KEY_SIZE] = { 1 };
	struct bytes ad = bytes_text("ad");
	struct buf out, back;
	buf_init(&out, 1024);
	buf_init(&back, 1024);
	buf_put_text(&back, "before");
	assert_int_equal(channel_seal(&out, key, 7, ad, bytes_of(NULL, 0)), ERR_OK);
	assert_int_equal(out.size, CHANNEL_TAG_SIZE);
	assert_int_equal(channel_open(&back, key, 8, ad, buf_bytes(&out)), ERR_CRYPTO);
	assert_int_equal(channel_open(&back, key, 7, bytes_text("da"), buf_bytes(&out)), ERR_CRYPTO);
	assert_int_equal(channel_open(&back, key, 7, ad, bytes_of(out.data, CHANNEL_TAG_SIZE - 1)), ERR_FORMAT);
	key[31] = 1;
	assert_int_equal(channel_open(&back, key, 7, ad, buf_bytes(&out)), ERR_CRYPTO);
	key[31] = 0;
	assert_int_equal(channel_open(&back, key, 7, ad, buf_bytes(&out)), ERR_OK); /* control */
	assert_true(bytes_equal(buf_bytes(&back), bytes_text("before")));
	buf_clear(&out);
	buf_clear(&back);
	buf_init(&out, 16);
	assert_int_equal(channel_seal(&out, key, 7, ad, bytes_text("x")), ERR_LIMIT);
	buf_clear(&out);
}

static void hash_hmac_and_hkdf_are_pythons(void **state)
{
	(void)state;
	uint8_t key[CHANNEL_HASH_SIZE], out[CHANNEL_HASH_SIZE], second[CHANNEL_HASH_SIZE];
	for (uint8_t i = 0; i < sizeof key; i++)
		key[i] = i;
	channel_hash(out, bytes_text("a"), bytes_text("bc"));
	assert_hex_equal(out, sizeof out, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
		"7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
	channel_hmac(out, key, bytes_text("a"), bytes_text("bc"));
	assert_hex_equal(out, sizeof out, "cfb7fadba5986a2320ddff615fe9386cf3927144d40c77320914b152bb06ab8e"
		"04e835035bab5ff0f4518528fe5ce4a190d75b7b4cc03337b78f8c9d8a0761e5");
	channel_hkdf(out, second, key, bytes_text("abc"));
	assert_hex_equal(out, sizeof out, "50c7d6fe0f2cac41df8fec9216ab038651b55ce994baae02744a75789dad7b45"
		"6da7748a01890fc65608450f8b96b14879dadff45a777d72a59d5cc2f108b9c9");
	assert_hex_equal(second, sizeof second, "7c71b2dc2efc417c9330227d29914d7283e08aea9ada1de7f2cb4d5e77cb8351"
		"17bae7eb25610117284db98cb1275e9ae83e0de597b1f39cf554239b9c97f09f");
	/* The first output may take the chaining key's place. */
	channel_hkdf(key, second, key, bytes_text("abc"));
	assert_memory_equal(key, out, sizeof out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seals_and_opens_as_rfc_8439),
		cmocka_unit_test(another_counter_key_or_ad_does_not_open),
		cmocka_unit_test(hash_hmac_and_hkdf_are_pythons),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
