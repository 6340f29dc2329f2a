/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_help: `weir help [COMMAND]` and `weir --version`, both to stdout, so that they can be piped. The
 * text of the options comes from the table in args.c.
 */
#include "cli/commands.h"
#include "cli/talk.h"

#include <stdlib.h>

static int print(struct env *env, struct buf *out) {
    struct error e = ERROR_INIT;
    enum status s = talk_out(env, out, &e);
    buf_deinit(out);
    return s == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int cmd_help(struct env *env, const struct args *args) {
    struct buf out = BUF_INIT;
    args_help(&out, args->help_for);
    return print(env, &out);
}

int cmd_version(struct env *env) {
    struct buf out = BUF_INIT;
    buf_format(&out, "weir %s (Flink SQL 2.3)\n", WEIR_VERSION);
    return print(env, &out);
}
