/* Text encodings: hex (lower case only), base64 (RFC 4648 section 4, padded, strict), UTF-8 and NFC.
 *
 * Every decoder takes exactly one spelling: upper-case hex, missing padding, non-zero trailing bits,
 * overlong UTF-8, surrogates are ERR_FORMAT. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

/* Writes 2 * bytes.size lower-case digits and a NUL to `out`, which holds at least that. */
void hex_encode(char *out, struct bytes bytes);
void hex_put(struct buf *b, struct bytes bytes);

/* Decodes exactly 2 * size digits of `text` into `out` (zeroed on an error). */
MUST_USE enum err hex_decode(uint8_t *out, size_t size, struct bytes text);

void base64_put(struct buf *b, struct bytes bytes);
/* As base64_put without padding: OpenSSH's fingerprints. */
void base64_put_unpadded(struct buf *b, struct bytes bytes);

/* Appends what `text` decodes to; nothing is appended on an error.  ERR_FORMAT, or what `out` says. */
MUST_USE enum err base64_decode(struct buf *out, struct bytes text);

/* True for well-formed UTF-8 (RFC 3629). */
bool utf8_is_valid(struct bytes text);

/* Reads one code point at *at and moves *at behind it; ERR_FORMAT when malformed. */
MUST_USE enum err utf8_next(uint32_t *code_point, struct bytes text, size_t *at);
void utf8_put(struct buf *b, uint32_t code_point);

/* True for UTF-8 in normalization form C (Unicode 14.0) without control characters (general category
 * Cc, but for LF and TAB when `lines` is set) and with at most 30 combining marks in a row.  What a text
 * value must be. */
bool text_is_clean(struct bytes text, bool lines);

/* Appends the NFC form of `text` (UAX #15).  ERR_FORMAT when it is not UTF-8, ERR_LIMIT when it has more
 * than 30 marks in a row; nothing is appended then.  Else what `out` says. */
MUST_USE enum err text_to_nfc(struct buf *out, struct bytes text);

/* Appends `text` folded for search and for near-name suggestions: decomposed, marks (combining class
 * other than 0) dropped, simple case folding.  Same result for é, É and e.  ERR_FORMAT as above. */
MUST_USE enum err text_fold(struct buf *out, struct bytes text);

/* Decimal without sign, leading zeros or blanks, at most `max`; anything else is ERR_FORMAT and 0. */
MUST_USE enum err decimal_decode(uint64_t *out, struct bytes text, uint64_t max);

/* Edit distance (Damerau-Levenshtein, optimal string alignment) of two short texts, of which the first 64
 * code points each are looked at.  For suggestions after a typo. */
unsigned text_distance(const char *a, const char *b);

#endif
