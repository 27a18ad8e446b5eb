/* What was said in a session, read from the bytes of its link by somebody who knows the keys: Noise is
 * taken off by a second pair of handshakes, not by the session's own. */
#ifndef TESTS_SUPPORT_TAP_H
#define TESTS_SUPPORT_TAP_H

#include "tests/support/wire.h"

/* Appends the payloads of the handshake and the stream of messages, of each direction.  `from` called.
 * ERR_CRYPTO when the keys do not fit what went over, ERR_FORMAT when frames are cut. */
MUST_USE enum err tap_read(struct buf said[2], const struct wire_tap *tap, const struct federation_id *f,
	const struct box_key *from, const struct box_key *to);

#endif
