/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TEST_UNIT_CONNECTOR_TABLE_FIXTURE_H
#define WEIR_TEST_UNIT_CONNECTOR_TABLE_FIXTURE_H

/*
 * A table over a connector in an own scratch folder: reads it through the source interface and writes
 * it through the sink interface, as the runtime does. Rows are Row.toString, joined by '|'.
 */
#include "unit/unit.h"

#include "connector/row_text.h"
#include "io/connector_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_COLUMNS = 8, TABLE_SPLITS = 64, TABLE_READERS = 8 };

struct table_fixture {
    struct arena *arena;
    struct env *env;
    struct types *types;
    struct str dir;
    struct column columns[TABLE_COLUMNS];
    const struct type *column_types[TABLE_COLUMNS];
    struct str names[TABLE_COLUMNS];
    struct type_field fields[TABLE_COLUMNS];
    uint32_t indexes[TABLE_COLUMNS], count;
    struct type row;
    struct table table;
    struct list given;
    struct table_options options;
    struct scan_params scan;
    struct sink_params sink;
    struct buf text;
    struct error error;
    struct str splits[TABLE_SPLITS];
    uint32_t split_count;
};

static inline struct table_fixture *table_fixture_new(void) {
    struct arena *a = arena_new("test", 0);
    struct table_fixture *f = ARENA_NEW(a, struct table_fixture);
    f->arena = a;
    f->env = env_posix_new();
    f->types = types_new(a);
    char path[] = "/tmp/weir-test-XXXXXX";
    assert_non_null(mkdtemp(path));
    f->dir = arena_str(a, str_of(path));
    return f;
}

static inline void table_fixture_free(struct table_fixture *f) {
    assert_int_equal(env_remove_tree(f->env, f->dir, &f->error), STATUS_OK);
    buf_deinit(&f->text);
    env_free(f->env);
    arena_free(f->arena);
}

static inline struct str table_path_of(struct table_fixture *f, const char *name) {
    return arena_format(f->arena, "%.*s/%s", STR_ARG(f->dir), name);
}

static inline void table_column(struct table_fixture *f, const char *name, const struct type *t, const char *metadata) {
    f->columns[f->count] = (struct column){.name = str_of(name), .kind = metadata == NULL ? AST_PHYSICAL : AST_METADATA, .type = t, .metadata_key = str_of(metadata)};
    f->column_types[f->count] = t;
    f->names[f->count] = str_of(name);
    f->fields[f->count] = (struct type_field){str_of(name), t, {NULL, 0}};
    f->indexes[f->count] = f->count;
    f->count++;
}

static inline void table_option(struct table_fixture *f, const char *key, struct str value) {
    struct ast_option *o = ARENA_NEW(f->arena, struct ast_option);
    o->key = str_of(key);
    o->value = value;
    assert_int_equal(list_push(&f->given, f->arena, o), STATUS_OK);
}

static inline void table_ready(struct table_fixture *f) {
    if (table_options_parse(f->arena, &f->given, true, &f->options, &f->error) != STATUS_OK) fail_msg("%s", f->error.message);
    f->table.columns = f->columns;
    f->table.column_count = f->count;
    f->table.rowtime_column = -1;
    f->row = (struct type){.root = TYPE_ROW, .phys = PHYS_ROW, .child_count = f->count, .children = f->fields};
    f->scan = (struct scan_params){.table = &f->table, .options = &f->options, .columns = f->indexes, .column_count = f->count, .limit = -1};
    f->sink = (struct sink_params){.table = &f->table, .options = &f->options, .row = &f->row};
}

static inline const struct connector_impl *table_connector(const struct table_fixture *f) {
    return connector_impl_find(str_of(f->options.connector->name));
}

static inline struct source_context table_source(struct table_fixture *f, uint32_t subtask, uint32_t parallelism) {
    return (struct source_context){.env = f->env, .arena = f->arena, .scan = &f->scan, .row = &f->row, .types = f->column_types,
                                   .subtask = subtask, .parallelism = parallelism};
}

static inline enum status table_keep_split(void *context, struct str split) {
    struct table_fixture *f = context;
    assert_true(f->split_count < TABLE_SPLITS);
    f->splits[f->split_count++] = arena_str(f->arena, split);
    return STATUS_OK;
}

/* Discovers into f->splits. */
static inline enum status table_discover(struct table_fixture *f, uint32_t parallelism) {
    struct source_context c = table_source(f, 0, parallelism);
    struct split_enumerator *n;
    bool done;
    int64_t wake;
    f->split_count = 0;
    f->error = (struct error)ERROR_INIT;
    enum status st = table_connector(f)->enumerator_new(&c, &n, &f->error);
    if (st != STATUS_OK) return st;
    st = n->ops->discover(n, table_keep_split, f, &done, &wake, &f->error);
    n->ops->free(n);
    return st;
}

static inline struct source_reader *table_reader(struct table_fixture *f, uint32_t subtask, uint32_t parallelism) {
    struct source_context c = table_source(f, subtask, parallelism);
    struct source_reader *r;
    if (table_connector(f)->reader_new(&c, &r, &f->error) != STATUS_OK) fail_msg("%s", f->error.message);
    return r;
}

/* Reads at most batches batches of capacity rows; appends them to f->text. */
static inline enum status table_read(struct table_fixture *f, struct source_reader *r, uint32_t capacity, uint32_t batches, enum read_result *ret) {
    struct batch_buffer *out;
    enum status st = STATUS_OK;
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, capacity, &out), STATUS_OK);
    *ret = READ_MORE;
    for (uint32_t i = 0; i < batches && *ret == READ_MORE && st == STATUS_OK; i++) {
        int64_t wake;
        batch_buffer_reset(out);
        st = r->ops->read(r, out, ret, &wake, &f->error);
        for (uint32_t row = 0; row < out->batch.row_count; row++) {
            if (f->text.size_bytes > 0) buf_char(&f->text, '|');
            row_text_print(&f->text, &out->batch, row);
        }
    }
    batch_buffer_free(out);
    return st;
}

/* All rows of the table by one reader. */
static inline const char *table_rows(struct table_fixture *f) {
    buf_reset(&f->text);
    enum status st = table_discover(f, 1);
    if (st == STATUS_OK) {
        struct source_reader *r = table_reader(f, 0, 1);
        enum read_result result;
        for (uint32_t i = 0; i < f->split_count; i++) assert_int_equal(r->ops->add_split(r, f->splits[i], &f->error), STATUS_OK);
        st = table_read(f, r, 3, 100000, &result);
        r->ops->free(r);
    }
    if (st != STATUS_OK) buf_text(&f->text, "ERROR");
    buf_char(&f->text, 0);
    f->text.size_bytes--;
    return f->text.at;
}

static inline void table_file(struct table_fixture *f, const char *name, const char *content) {
    struct env_file *file;
    struct str path = table_path_of(f, name);
    size_t slash = path.size_bytes;
    while (path.at[slash - 1] != '/') slash--;
    assert_int_equal(env_mkdirs(f->env, (struct str){path.at, slash - 1}, &f->error), STATUS_OK);
    assert_int_equal(env_open(f->env, path, ENV_WRITE_NEW, &file, &f->error), STATUS_OK);
    assert_int_equal(env_write(f->env, file, content, strlen(content), &f->error), STATUS_OK);
    env_close(f->env, file);
}

static inline const char *table_content(struct table_fixture *f, const char *name) {
    struct str text;
    if (env_read_file(f->env, f->arena, table_path_of(f, name), 1 << 20, &text, &f->error) != STATUS_OK) return "(none)";
    return arena_str(f->arena, text).at;
}

#endif
