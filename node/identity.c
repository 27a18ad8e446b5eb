/* The identity of a store: this boot, this marker file. */
#include "node/identity.h"

#include "base/text.h"
#include "node/fs.h"

#include <stdio.h>
#include <string.h>

enum { IDENTITY_SIZE_MAX = 512, INC_HEX = 16 };

/* "boot BOOT device D inode I changed S.NS": what a copy, a restore or a boot alters. */
static enum err describe(struct buf *out, const char *home, bool make, struct err_text *why)
{
	char marker[FS_PATH_MAX];
	struct fs_info info;
	struct buf boot;
	buf_init(&boot, 64);
	enum err e = fs_path(marker, "%s/marker", home);
	if (!e && make && !fs_exists(marker))
		e = fs_write_file(
			marker, bytes_text("the life of this store is tied to this file\n"), 0600, NULL, why);
	if (!e)
		e = fs_stat(&info, marker, why);
	if (!e)
		e = fs_read_file(&boot, "/proc/sys/kernel/random/boot_id", why);
	if (e)
		goto done;
	while (boot.size && boot.data[boot.size - 1] == '\n')
		boot.size--;
	buf_put_text(out, "boot ");
	buf_put_bytes(out, buf_bytes(&boot));
	buf_printf(out, " device %llu inode %llu changed %lld.%09u", (unsigned long long)info.device,
		(unsigned long long)info.inode, (long long)info.changed_s, (unsigned)info.changed_ns);
	e = buf_err(out);
done:
	buf_clear(&boot);
	return e;
}

enum err identity_check(
	bool *same, struct incarnation_id *incarnation, const char *home, struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct buf now, then;
	*same = false;
	*incarnation = (struct incarnation_id){ 0 };
	buf_init(&now, IDENTITY_SIZE_MAX);
	buf_init(&then, IDENTITY_SIZE_MAX);
	enum err e = fs_path(path, "%s/identity", home);
	if (!e && !fs_exists(path))
		goto done;
	if (!e)
		e = fs_read_file(&then, path, why);
	if (!e)
		e = describe(&now, home, false, why);
	/* A home that came here without its marker is another one. */
	if (e) {
		e = e == ERR_NOT_FOUND ? ERR_OK : e;
		goto done;
	}
	/* The file is the description, a blank, the incarnation and a line feed; anything else is not ours. */
	if (then.size == now.size + 1 + INC_HEX + 1 && memcmp(then.data, now.data, now.size) == 0
		&& hex_decode(incarnation->b, sizeof incarnation->b, bytes_of(then.data + now.size + 1, INC_HEX))
			== ERR_OK)
		*same = true;
done:
	buf_clear(&now);
	buf_clear(&then);
	return e;
}

enum err identity_record(const char *home, const struct incarnation_id *incarnation, struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct buf text;
	buf_init(&text, IDENTITY_SIZE_MAX);
	enum err e = describe(&text, home, true, why);
	buf_put_byte(&text, ' ');
	hex_put(&text, bytes_of(incarnation->b, sizeof incarnation->b));
	buf_put_byte(&text, '\n');
	if (!e)
		e = buf_err(&text);
	if (!e)
		e = fs_path(path, "%s/identity", home);
	if (!e)
		e = fs_write_file(path, buf_bytes(&text), 0600, NULL, why);
	buf_clear(&text);
	return e;
}
