/* A federation in one process: homes that the command line can open. */
#include "tests/support/federation.h"

#include "node/fs.h"

#include <assert.h>

void federation_make_home(const char *home, struct fed_site *s)
{
	struct ports ports = { &s->random, ports_real.now, ports_real.random };
	struct key_lock open = { .cost = KDF_NONE };
	char path[FS_PATH_MAX];
	enum err e = fs_make_dir(home, NULL, NULL);
	if (!e)
		e = fs_path(path, "%s/keys", home);
	if (!e)
		e = fs_make_dir(path, NULL, NULL);
	if (!e)
		e = fs_path(path, "%s/keys/officers", home);
	if (!e)
		e = fs_make_dir(path, NULL, NULL);
	if (!e)
		e = keystore_write_node(home, &s->node_keys, &open, &ports, NULL);
	if (!e)
		e = keystore_write_site(home, &s->site_keys, &open, &ports, NULL);
	if (!e)
		e = keystore_write_officer(home, "first", &s->officer, &open, &ports, NULL);
	assert(!e);
	(void)e;
}
