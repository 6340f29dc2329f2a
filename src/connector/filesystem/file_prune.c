/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_prune: the condition is evaluated over one row of partition values, made from the path. Files of
 * one folder follow each other, so the last folder's answer is kept.
 */
#include "connector/filesystem/file_prune.h"

#include "connector/filesystem/file_value.h"
#include "func/eval.h"

#include <assert.h>

struct file_prune {
    const struct table *table;
    struct eval_context eval;
    struct program *program;
    struct vec **columns;     /* one row each, in the order of PARTITIONED BY */
    struct arena *heap;       /* of the values of one path */
    struct str default_name;
    struct buf folder;        /* the last path's, and what was said of it */
    bool keeps;
};

static const struct type *column_type(const struct table *t, struct str name) {
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (str_equal(t->columns[i].name, name)) return t->columns[i].type;
    }
    return NULL;
}

static enum status make_columns(struct file_prune *p, struct arena *a, struct error *e) {
    uint32_t n = p->table->partitioned_by.count;
    p->columns = ARENA_ARRAY(a, struct vec *, n);
    if (p->columns == NULL) return error_no_memory(e, n * sizeof *p->columns);
    for (uint32_t i = 0; i < n; i++) {
        const struct type *t = column_type(p->table, *(const struct str *)p->table->partitioned_by.at[i]);
        assert(t != NULL);
        enum status s = vec_new(a, p->heap, t, 1, &p->columns[i]);
        if (s != STATUS_OK) return error_no_memory(e, sizeof(struct vec));
    }
    return STATUS_OK;
}

enum status file_prune_new(const struct source_context *c, struct file_prune **ret, struct error *e) {
    *ret = NULL;
    if (c->scan->partition == NULL) return STATUS_OK;
    struct file_prune *p = ARENA_NEW(c->arena, struct file_prune);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    *p = (struct file_prune){.table = c->scan->table, .folder = BUF_INIT, .default_name = options_text(&c->scan->options->own, "partition.default-name")};
    p->eval.zone = c->zone;
    p->heap = arena_new("partition values", 0);
    if (p->heap == NULL) return error_no_memory(e, 0);
    enum status s = make_columns(p, c->arena, e);
    if (s == STATUS_OK) s = program_new(c->arena, &c->scan->partition, 1, &p->eval, &p->program, e);
    if (s == STATUS_OK) *ret = p;
    else file_prune_free(p);
    return s;
}

void file_prune_free(struct file_prune *p) {
    if (p == NULL) return;
    if (p->program != NULL) program_free(p->program);
    arena_free(p->heap);
    buf_deinit(&p->folder);
}

static bool evaluate(struct file_prune *p, struct str path) {
    struct error quiet = ERROR_INIT;
    struct rows row = {NULL, 1};
    uint32_t sel[1], count = 0;
    arena_reset(p->heap);
    for (uint32_t i = 0; i < p->table->partitioned_by.count; i++) {
        vec_reset(p->columns[i]);
        struct str key = *(const struct str *)p->table->partitioned_by.at[i];
        if (file_partition_set(p->heap, path, p->default_name, key, p->columns[i], 0, 1, &quiet) != STATUS_OK) return true;
    }
    program_begin(p->program);
    return program_filter(p->program, 0, p->columns, &row, sel, &count, &quiet) != STATUS_OK || count > 0;
}

bool file_prune_keeps(struct file_prune *p, struct str path) {
    size_t size = path.size_bytes;
    while (size > 0 && path.at[size - 1] != '/') size--;
    struct str folder = {path.at, size};
    if (p->folder.size_bytes > 0 && str_equal(buf_view(&p->folder), folder)) return p->keeps;
    p->keeps = evaluate(p, path);
    buf_reset(&p->folder);
    buf_str(&p->folder, folder);
    if (p->folder.failed) buf_reset(&p->folder);
    return p->keeps;
}
