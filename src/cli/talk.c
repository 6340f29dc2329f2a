/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk: messages to stderr, one write each.
 */
#include "cli/talk.h"

#include "sql/position.h"

#include <stdarg.h>
#include <stdio.h>

void talk_text(struct env *env, const char *format, ...) {
    char text[4096];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct error ignored = ERROR_INIT;
    size_t size = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    env_write(env, env_stderr(env), text, size, &ignored);
}

/* The message alone, for when there is no memory to lay it out. */
static void talk_plainly(struct env *env, const struct error *e) {
    talk_text(env, "%s%s%s\n", e->message, e->hint[0] == '\0' ? "" : "\n", e->hint);
}

void talk_error(struct env *env, const struct error *e, struct str name, struct str sql) {
    struct buf out = BUF_INIT;
    struct error ignored = ERROR_INIT;
    struct str no_color = env_variable(env, "NO_COLOR");
    bool color = env_isatty(env, env_stderr(env)) && no_color.size_bytes == 0;
    if (color) error_print_color(&out, e, name, sql);
    else error_print(&out, e, name, sql);
    if (out.size_bytes == 0 || out.at[out.size_bytes - 1] != '\n') buf_char(&out, '\n');
    if (e->status == STATUS_OK) { /* only a failed allocation leaves no text */
        talk_text(env, "Out of memory\n");
    } else if (out.failed) {
        talk_plainly(env, e);
    } else {
        env_write(env, env_stderr(env), out.at, out.size_bytes, &ignored);
    }
    buf_deinit(&out);
}

enum status talk_out(struct env *env, const struct buf *b, struct error *e) {
    if (b->failed) return error_no_memory(e, b->size_bytes);
    return b->size_bytes == 0 ? STATUS_OK : env_write(env, env_stdout(env), b->at, b->size_bytes, e);
}
