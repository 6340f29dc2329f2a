/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support_functions: `weir support --functions` prints docs/functions.md: each function and operator with its
 * signature, what it does, and an example, in the sections of the function table. An example is a condition that
 * holds, or a query over the table t of the page's head whose last row is TRUE; a test runs them all.
 */
#include "agg/agg.h"
#include "cli/commands.h"
#include "cli/talk.h"
#include "func/func.h"

#include <assert.h>
#include <stdlib.h>

static const char head[] =
    "# Functions\n\n"
    "Printed by `weir support --functions` from the tables of the program; do not edit. An example is a condition that holds:\n"
    "`weir \"SELECT UPPER('abc') = 'ABC'\"` prints TRUE. Those of aggregate functions are over the table\n"
    "`(VALUES (1, 'a'), (2, 'b'), (3, 'b')) AS t(x, s)`. `SHOW FUNCTIONS` and `DESCRIBE FUNCTION name` say the same in a session.\n";

static void put_function(struct buf *out, struct str name, const char *signature, const char *doc, const char *example) {
    assert(out != NULL && name.size_bytes > 0);
    buf_format(out, "\n### %.*s\n\n", STR_ARG(name));
    if (signature != NULL) buf_format(out, "    %s\n\n", signature);
    if (doc != NULL) buf_format(out, "%s\n", doc);
    if (example != NULL) buf_format(out, "\n    %s\n", example);
}

/* What users cannot call has no place here, but for the forms of the grammar that are calls inside. */
static bool is_shown(const struct func *f) {
    if (f->name.at[0] == '$') return false;
    return (f->flags & FUNC_INTERNAL) == 0 || f->example != NULL;
}

static void put_aggregates(struct buf *out) {
    uint32_t count = 0;
    const struct agg_func *const *table = agg_table(&count);
    buf_text(out, "\n## Aggregates\n");
    for (uint32_t i = 0; i < count; i++) {
        const struct agg_func *f = table[i];
        if (f->name.at[0] != '$') put_function(out, f->name, f->signature, f->doc, f->example);
    }
}

int cmd_support_functions(struct env *env) {
    struct buf out = BUF_INIT;
    struct error e = ERROR_INIT;
    const char *section = NULL;
    buf_text(&out, head);
    for (uint32_t i = 0; func_at(i) != NULL; i++) {
        const struct func *f = func_at(i);
        if (!is_shown(f)) continue;
        if (func_section(i) != section) {
            section = func_section(i);
            buf_format(&out, "\n## %s\n", section);
        }
        put_function(&out, f->name, f->signature, f->doc, f->example);
    }
    put_aggregates(&out);
    enum status s = talk_out(env, &out, &e);
    buf_deinit(&out);
    return s == STATUS_OK || s == STATUS_CLOSED ? EXIT_SUCCESS : EXIT_FAILURE;
}
