/* The names of the acts. */
#include "schema/act.h"

#include <stddef.h>
#include <string.h>

static const char *const names[ACT_CODE_END] = {
	[ACT_GRANT] = "grant",
	[ACT_WITHDRAW] = "withdraw",
	[ACT_STRIKE] = "strike",
	[ACT_ENDORSE] = "endorse",
	[ACT_HOLD] = "hold",
	[ACT_LIFT] = "lift",
	[ACT_RESTRICT] = "restrict",
	[ACT_ERASE_ORDER] = "erase_order",
	[ACT_ERASE_ACK] = "erase_ack",
	[ACT_ERASE_EXECUTE] = "erase_execute",
	[ACT_MIGRATE] = "migrate",
	[ACT_ATTACH] = "attach",
	[ACT_REGRANT] = "regrant",
};

const char *act_name(uint32_t code)
{
	return code < ACT_CODE_END ? names[code] : NULL;
}

uint32_t act_find(const char *name)
{
	for (uint32_t code = 1; code < ACT_CODE_END; code++)
		if (strcmp(names[code], name) == 0)
			return code;
	return 0;
}
