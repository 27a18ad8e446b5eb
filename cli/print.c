/* Printing: data to the standard output, words to the standard error. */
#include "cli/print.h"

#include "base/json.h"
#include "cli/exit.h"
#include "cli/layout.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FAILURE_MAX = 16384 };

static size_t terminal_width(FILE *out)
{
	struct winsize size = { 0 };
	const char *columns = getenv("COLUMNS");
	long width = columns ? strtol(columns, NULL, 10) : 0;
	if (width <= 0 && ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width <= 0)
		width = 80;
	return width < 40 ? 40 : width > 400 ? 400 : (size_t)width;
}

void print_init(struct print *p, FILE *out, FILE *err, enum lang lang)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	bool colour = !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
	*p = (struct print){ .out = out, .err = err, .lang = lang };
	p->progress = isatty(fileno(err)) == 1;
	p->colour_out = colour && isatty(fileno(out)) == 1;
	p->colour_err = colour && p->progress;
	p->width = terminal_width(out);
}

void print_data(struct print *p, const char *fmt, ...)
{
	va_list ap;
	print_progress_end(p);
	va_start(ap, fmt);
	vfprintf(p->out, fmt, ap);
	va_end(ap);
}

void print_bytes(struct print *p, struct bytes data)
{
	print_progress_end(p);
	if (data.size)
		fwrite(data.data, 1, data.size, p->out);
}

void print_json(struct print *p, struct bytes json)
{
	print_bytes(p, json);
	fputc('\n', p->out);
}

void print_note(struct print *p, const char *fmt, ...)
{
	va_list ap;
	if (p->quiet)
		return;
	print_progress_end(p);
	va_start(ap, fmt);
	vfprintf(p->err, fmt, ap);
	va_end(ap);
	fputc('\n', p->err);
}

void print_warning(struct print *p, const char *fmt, ...)
{
	va_list ap;
	print_progress_end(p);
	fprintf(p->err, "%s%s:%s ", p->colour_err ? "\033[33m" : "", SAY(p->lang, WARNING),
		p->colour_err ? "\033[0m" : "");
	va_start(ap, fmt);
	vfprintf(p->err, fmt, ap);
	va_end(ap);
	fputc('\n', p->err);
}

const char *print_failure_kind(enum lang lang, enum err e)
{
	static const enum message kinds[] = {
		[ERR_MEMORY] = MSG_ERR_MEMORY, [ERR_LIMIT] = MSG_ERR_LIMIT,
		[ERR_FORMAT] = MSG_ERR_FORMAT, [ERR_CRYPTO] = MSG_ERR_CRYPTO,
		[ERR_NOT_FOUND] = MSG_ERR_NOT_FOUND, [ERR_EXISTS] = MSG_ERR_EXISTS,
		[ERR_MISSING] = MSG_ERR_MISSING, [ERR_CONFLICT] = MSG_ERR_CONFLICT,
		[ERR_BUSY] = MSG_ERR_BUSY, [ERR_NO_KEY] = MSG_ERR_NO_KEY,
		[ERR_REFUSED] = MSG_ERR_REFUSED, [ERR_IO] = MSG_ERR_IO,
		[ERR_FULL] = MSG_ERR_FULL, [ERR_PEER] = MSG_ERR_PEER,
		[ERR_USAGE] = MSG_ERR_USAGE, [ERR_INTERRUPTED] = MSG_ERR_INTERRUPTED,
	};
	assert((size_t)e < sizeof kinds / sizeof kinds[0] && kinds[e] != MSG_NONE);
	return message_text(lang, kinds[e]);
}

static void print_failure_json(struct print *p, enum err e, const char *words)
{
	struct buf b;
	struct json_out o;
	buf_init(&b, 4096);
	json_out_init(&o, &b);
	json_put_open(&o, '{');
	json_put_key(&o, "error");
	json_put_cstr(&o, err_name(e));
	json_put_key(&o, "exit");
	json_put_int(&o, exit_code(e));
	json_put_key(&o, "message");
	json_put_cstr(&o, words);
	json_put_close(&o, '}');
	fprintf(p->err, "%s\n", buf_text(&b));
	buf_clear(&b);
}

void print_failure(struct print *p, const char *name, enum err e, const char *words)
{
	struct buf line;
	buf_init(&line, FAILURE_MAX);
	/* One line, whatever it quotes: what somebody typed, or a name from elsewhere. */
	text_put_safe(&line, bytes_text(*words ? words : print_failure_kind(p->lang, e)));
	words = buf_err(&line) ? print_failure_kind(p->lang, e) : buf_text(&line);
	print_progress_end(p);
	if (p->json)
		print_failure_json(p, e, words);
	else
		fprintf(p->err, "%sdossier%s%s:%s %s\n", p->colour_err ? "\033[31m" : "", name ? " " : "",
			name ? name : "", p->colour_err ? "\033[0m" : "", words);
	buf_clear(&line);
}

void print_progress(struct print *p, const char *fmt, ...)
{
	char line[400];
	va_list ap;
	if (p->quiet || !p->progress)
		return;
	va_start(ap, fmt);
	vsnprintf(line, p->width < sizeof line ? p->width : sizeof line, fmt, ap);
	va_end(ap);
	fprintf(p->err, "\r\033[K%s", line);
	fflush(p->err);
	p->progress_is_shown = true;
}

void print_progress_end(struct print *p)
{
	if (!p->progress_is_shown)
		return;
	fprintf(p->err, "\r\033[K");
	fflush(p->err);
	p->progress_is_shown = false;
}

const char *print_style(const struct print *p, enum style style)
{
	static const char *const codes[] = {
		[STYLE_PLAIN] = "\033[0m", [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
		[STYLE_GOOD] = "\033[32m", [STYLE_CAUTION] = "\033[33m", [STYLE_BAD] = "\033[31m",
	};
	return p->colour_out ? codes[style] : "";
}

enum err print_finish(struct print *p, struct err_text *why)
{
	print_progress_end(p);
	errno = 0;
	if (fflush(p->out) == 0 && !ferror(p->out))
		return ERR_OK;
	int errnum = errno ? errno : EIO;
	return err_set(why, errnum == ENOSPC ? ERR_FULL : ERR_IO, SAY(p->lang, STDOUT_FAILED),
		strerror(errnum));
}
