/* Is this the store that wrote last?  Boot id, and device, inode and change time of HOME/marker, which a
 * copy or a restore alters; recorded in HOME/identity with the incarnation that they belong to. */
#ifndef NODE_IDENTITY_H
#define NODE_IDENTITY_H

#include "base/err.h"
#include "base/id.h"

/* *same is true when HOME/identity records this boot and this marker; *incarnation is then its
 * incarnation.  A home without either, or with another, is not the same: no error. */
MUST_USE enum err identity_check(
	bool *same, struct incarnation_id *incarnation, const char *home, struct err_text *why);

/* Records this boot and this marker (made when it is not there) for an incarnation. */
MUST_USE enum err identity_record(
	const char *home, const struct incarnation_id *incarnation, struct err_text *why);

#endif
