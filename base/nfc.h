/* The Unicode properties behind normalization and folding.  Of use to nfc.c and fold.c alone.
 *
 * The tables are those of Unicode 14.0, made by tests/tools/nfc_tables.py, sorted for bisection. */
#ifndef BASE_NFC_H
#define BASE_NFC_H

#include <stddef.h>
#include <stdint.h>

/* `whole` is canonically `first` and `second`; a singleton has 0 for `second`. */
struct nfc_pair {
	uint32_t whole, first, second;
};

/* The code points from `first` to `last` have this combining class; what is in no run has 0. */
struct nfc_run {
	uint32_t first, last;
	uint8_t class;
};

/* Simple case folding of what does not decompose, above ASCII. */
struct nfc_fold {
	uint32_t from, to;
};

extern const struct nfc_pair nfc_decompositions[]; /* by `whole`, without Hangul */
extern const size_t nfc_decompositions_count;
extern const struct nfc_pair nfc_compositions[]; /* by `first`, then `second`; without exclusions */
extern const size_t nfc_compositions_count;
extern const struct nfc_run nfc_runs[];
extern const size_t nfc_runs_count;
extern const struct nfc_fold nfc_folds[]; /* by `from` */
extern const size_t nfc_folds_count;

enum { NFC_PARTS_MAX = 4 };

/* The canonical combining class: 0 for a starter. */
uint8_t nfc_class(uint32_t c);

/* Writes the full canonical decomposition of `c` (itself when it has none) and yields its length. */
size_t nfc_decompose(uint32_t out[NFC_PARTS_MAX], uint32_t c);

#endif
