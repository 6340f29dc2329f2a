/* SPDX-License-Identifier: Apache-2.0 */
/* The values connector: any file gives rows or an error, and each row's text can be printed. */
#include "connector/row_text.h"
#include "io/connector_impl.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COLUMNS = 8, BATCH = 64 };

static struct {
    struct arena *arena;
    struct env *env;
    int fd;
    char path[64];
    const struct type *types[COLUMNS];
    struct column columns[COLUMNS];
    struct table table;
    struct table_options options;
    struct scan_params scan;
    uint32_t indexes[COLUMNS];
} f;

static void fixture_init(void) {
    f.arena = arena_new("fuzz", 0);
    f.env = env_posix_new();
    f.fd = memfd_create("values", 0);
    snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
    struct types *p = types_new(f.arena);
    const struct type *text = type_string(p, true), *integer = type_simple(p, TYPE_INT, true);
    struct type_field nested[] = {{STR("x"), integer, {NULL, 0}}, {STR("y"), text, {NULL, 0}}};
    const struct type *types[COLUMNS] = {integer, text, type_time(p, TYPE_TIMESTAMP_LTZ, 3, true), type_decimal(p, 10, 2, true), type_array(p, integer, true),
                                         type_row(p, nested, 2, true), type_map(p, text, integer, true), type_text(p, TYPE_VARBINARY, 100, true)};
    static const char names[] = "abcdefgh";
    for (uint32_t i = 0; i < COLUMNS; i++) {
        f.types[i] = types[i];
        f.indexes[i] = i;
        f.columns[i] = (struct column){.name = {names + i, 1}, .kind = AST_PHYSICAL, .type = types[i]};
    }
    f.table = (struct table){.columns = f.columns, .column_count = COLUMNS, .rowtime_column = -1};
    static struct ast_option given[2];
    struct list with = {0};
    given[0] = (struct ast_option){.key = STR("connector"), .value = STR("values")};
    given[1] = (struct ast_option){.key = STR("path"), .value = str_of(f.path)};
    struct error e = ERROR_INIT;
    if (list_push(&with, f.arena, &given[0]) || list_push(&with, f.arena, &given[1]) || table_options_parse(f.arena, &with, true, &f.options, &e)) abort();
    f.scan = (struct scan_params){.table = &f.table, .options = &f.options, .columns = f.indexes, .column_count = COLUMNS, .limit = -1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (f.arena == NULL) fixture_init();
    if (size > 1 << 14 || ftruncate(f.fd, 0) != 0 || pwrite(f.fd, data, size, 0) != (ssize_t)size) return 0;
    struct arena *a = arena_new("case", 0);
    struct source_context c = {.env = f.env, .arena = a, .scan = &f.scan, .types = f.types, .parallelism = 1};
    struct source_reader *r;
    struct batch_buffer *out;
    struct error e = ERROR_INIT;
    struct buf text = BUF_INIT;
    if (connector_impl_find(STR("values"))->reader_new(&c, &r, &e) || batch_buffer_new(a, f.types, COLUMNS, BATCH, &out) || r->ops->add_split(r, STR("0"), &e)) abort();
    enum read_result result = READ_MORE;
    while (result == READ_MORE) {
        int64_t wake;
        batch_buffer_reset(out);
        if (r->ops->read(r, out, &result, &wake, &e) != STATUS_OK) break;
        for (uint32_t row = 0; row < out->batch.row_count; row++) row_text_print(&text, &out->batch, row);
        buf_reset(&text);
    }
    r->ops->free(r);
    buf_deinit(&text);
    batch_buffer_free(out);
    arena_free(a);
    return 0;
}
