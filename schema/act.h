/* Acts: what a change does in the clear, readable without any key (docs/format.md "Acts").
 *
 * Codes are final.  An act of a code that this version does not know is kept, passed on and without
 * effect. */
#ifndef SCHEMA_ACT_H
#define SCHEMA_ACT_H

#include <stdint.h>

enum act_code {
	ACT_GRANT = 1,      /* gives sites the keys of compartments */
	ACT_WITHDRAW,       /* ends what a site was granted, for what is written later */
	ACT_STRIKE,         /* takes back the operations of a change that it sees */
	ACT_ENDORSE,        /* adopts what a revoked officer wrote */
	ACT_HOLD,           /* legal hold: nothing may be erased until it is lifted */
	ACT_LIFT,           /* ends a hold */
	ACT_RESTRICT,       /* limits who may be shown a field */
	ACT_ERASE_ORDER,    /* asks every site that holds a compartment to agree to its erasure */
	ACT_ERASE_ACK,      /* a site agrees */
	ACT_ERASE_EXECUTE,  /* the compartment is erased from here on */
	ACT_MIGRATE,        /* the case follows another version of the form */
	ACT_ATTACH,         /* names the sealed chunks of an attachment */
	ACT_REGRANT,        /* a site says that its grant does not open */
	ACT_CODE_END        /* one more than the last code */
};

/* "erase_order"; NULL for a code that this version does not know. */
const char *act_name(uint32_t code);

/* The code of a name; 0 when there is none. */
uint32_t act_find(const char *name);

#endif
