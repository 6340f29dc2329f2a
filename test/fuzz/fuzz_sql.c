/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target of the SQL front end: any bytes parse or give an error whose span lies in the text and
 * can be printed; what parses comes back from its own printed form as the same text; the end of a
 * statement is found or not, without a crash.
 */
#include "base/arena.h"
#include "sql/parser.h"
#include "sql/position.h"
#include "sql/unparse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition) {
    if (!condition) abort();
}

static void print_all(struct buf *out, const struct list *statements) {
    for (uint32_t i = 0; i < statements->count; i++) {
        unparse_statement(out, statements->at[i]);
        buf_text(out, ";\n");
    }
    must(!out->failed);
}

static void check_error(const struct error *e, struct str sql) {
    struct buf out = BUF_INIT;
    must(e->status != STATUS_OK && e->message[0] != '\0');
    must(e->span.begin <= e->span.end && e->span.end <= sql.size_bytes);
    error_print(&out, e, STR("fuzz"), sql);
    must(!out.failed);
    buf_deinit(&out);
}

static void check_round_trip(struct arena *arena, const struct list *statements) {
    struct buf once = BUF_INIT, twice = BUF_INIT;
    struct list again = {0};
    struct error error = ERROR_INIT;
    print_all(&once, statements);
    enum status s = parse_script(arena, buf_view(&once), &again, &error);
    if (s != STATUS_LIMIT) { /* the printed form may be longer than a script may be */
        must(s == STATUS_OK);
        print_all(&twice, &again);
        must(str_equal(buf_view(&once), buf_view(&twice)));
    }
    buf_deinit(&twice);
    buf_deinit(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str sql = {(const char *)data, size};
    struct arena *arena = arena_new("fuzz", 256u << 20);
    struct list statements = {0};
    struct error error = ERROR_INIT;
    must(arena != NULL);
    must(parse_statement_end(sql) <= size);
    if (parse_script(arena, sql, &statements, &error) == STATUS_OK) check_round_trip(arena, &statements);
    else check_error(&error, sql);
    arena_free(arena);
    return 0;
}
