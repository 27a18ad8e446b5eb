/* dossier version */
#include "cli/commands.h"

#include "base/json.h"
#include "cli/version.h"

static int run(struct cli *cli, const struct args *args)
{
	struct buf b;
	struct json_out o;
	(void)args;
	if (!cli->print.json) {
		print_data(&cli->print, "dossier %s\n", DOSSIER_VERSION);
		return EXIT_DONE;
	}
	buf_init(&b, 256);
	json_out_init(&o, &b);
	json_put_open(&o, '{');
	json_put_key(&o, "version");
	json_put_cstr(&o, DOSSIER_VERSION);
	json_put_close(&o, '}');
	print_json(&cli->print, buf_bytes(&b));
	buf_clear(&b);
	return EXIT_DONE;
}

const struct command command_version = {
	.name = "version",
	.group = GROUP_UPKEEP,
	.words = "",
	.summary = MSG_CMD_VERSION,
	.run = run,
};
