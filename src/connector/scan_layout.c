/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_layout: splits a scan's output into what the format decodes (physical columns, by nested path
 * where only a field is wanted) and what the connector adds. The decoder sees a batch that holds just
 * its columns; both share rows and heap.
 */
#include "connector/scan_layout.h"

#include <assert.h>

static bool is_partition(const struct table *t, struct str name) {
    for (uint32_t i = 0; i < t->partitioned_by.count; i++) {
        if (str_equal(*(const struct str *)t->partitioned_by.at[i], name)) return true;
    }
    return false;
}

static enum status row_type(struct arena *a, struct type_field *fields, uint32_t count, const struct type **ret, struct error *e) {
    struct type *t = ARENA_NEW(a, struct type);
    if (t == NULL) return error_no_memory(e, sizeof *t);
    *t = (struct type){.root = TYPE_ROW, .phys = PHYS_ROW, .child_count = count, .children = fields};
    *ret = t;
    return STATUS_OK;
}

/* The file's columns in order: what CSV counts. */
static enum status physical_type(const struct source_context *c, bool partitioned, struct decode_target *t, struct error *e) {
    const struct table *table = c->scan->table;
    struct type_field *fields = ARENA_ARRAY(c->arena, struct type_field, table->column_count + 1);
    if (fields == NULL) return error_no_memory(e, 0);
    uint32_t count = 0;
    for (uint32_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        if (column->kind != AST_PHYSICAL || (partitioned && is_partition(table, column->name))) continue;
        fields[count++] = (struct type_field){column->name, column->type, {NULL, 0}};
    }
    return row_type(c->arena, fields, count, &t->physical, e);
}

/* Names along the path below a column. */
static enum status field_path(const struct source_context *c, uint32_t output, struct str **ret, uint32_t *ret_count, struct error *e) {
    const struct scan_params *s = c->scan;
    const struct column *column = &s->table->columns[s->columns[output]];
    uint32_t depth = s->path_counts == NULL ? 0 : s->path_counts[output];
    struct str *path = ARENA_ARRAY(c->arena, struct str, depth + 1);
    if (path == NULL) return error_no_memory(e, 0);
    path[0] = column->name;
    const struct type *t = column->type;
    for (uint32_t i = 0; i < depth; i++) {
        assert(t->root == TYPE_ROW && s->paths[output][i] < t->child_count);
        const struct type_field *field = &t->children[s->paths[output][i]];
        path[i + 1] = field->name;
        t = field->type;
    }
    *ret = path;
    *ret_count = depth + 1;
    return STATUS_OK;
}

static enum status alloc_lists(struct scan_layout *l, struct arena *a, uint32_t count, struct type_field **ret_fields, const struct type ***ret_types, struct error *e) {
    l->extras = ARENA_ARRAY(a, struct scan_extra, count + 1);
    l->decoded = ARENA_ARRAY(a, uint32_t, count + 1);
    l->view = ARENA_ARRAY(a, struct vec *, count + 1);
    l->target.paths = ARENA_ARRAY(a, struct str *, count + 1);
    l->target.path_counts = ARENA_ARRAY(a, uint32_t, count + 1);
    *ret_fields = ARENA_ARRAY(a, struct type_field, count + 1);
    *ret_types = ARENA_ARRAY(a, const struct type *, count + 1);
    bool ok = l->extras != NULL && l->decoded != NULL && l->view != NULL && l->target.paths != NULL && l->target.path_counts != NULL;
    return ok && *ret_fields != NULL && *ret_types != NULL ? STATUS_OK : error_no_memory(e, 0);
}

enum status scan_layout_new(const struct source_context *c, bool partitioned, void (*on_bad)(void *, const struct bad_record *), void *bad_context,
                            struct scan_layout **ret, struct error *e) {
    struct scan_layout *l = ARENA_NEW(c->arena, struct scan_layout);
    if (l == NULL) return error_no_memory(e, sizeof *l);
    const struct scan_params *s = c->scan;
    struct type_field *fields;
    const struct type **types;
    TRY(alloc_lists(l, c->arena, s->column_count, &fields, &types, e));
    struct decode_target *t = &l->target;
    for (uint32_t i = 0; i < s->column_count; i++) {
        const struct column *column = &s->table->columns[s->columns[i]];
        bool partition = partitioned && is_partition(s->table, column->name);
        if (column->kind == AST_METADATA || partition) {
            struct str key = partition || column->metadata_key.at == NULL ? column->name : column->metadata_key;
            l->extras[l->extra_count++] = (struct scan_extra){i, key, partition};
            continue;
        }
        uint32_t at = t->column_count++;
        TRY(field_path(c, i, &t->paths[at], &t->path_counts[at], e));
        l->decoded[at] = i;
        types[at] = c->types[i];
        fields[at] = (struct type_field){t->paths[at][t->path_counts[at] - 1], c->types[i], {NULL, 0}};
    }
    t->types = types;
    t->zone = c->zone;
    t->mode = c->error_mode;
    t->on_bad = on_bad;
    t->context = bad_context;
    TRY(row_type(c->arena, fields, t->column_count, &t->row, e));
    TRY(physical_type(c, partitioned, t, e));
    l->format = format_impl_find(str_of(s->options->format->name));
    assert(l->format != NULL);
    l->header = strcmp(l->format->name, "csv") == 0 && options_bool(&s->options->format_options, "header");
    *ret = l;
    return STATUS_OK;
}

enum status scan_layout_decode(struct scan_layout *l, struct decoder *d, struct str bytes, bool last, struct batch_buffer *out, size_t *ret_used, struct error *e) {
    struct batch_buffer view = *out;
    for (uint32_t i = 0; i < l->target.column_count; i++) l->view[i] = out->batch.columns[l->decoded[i]];
    view.batch.columns = l->view;
    view.batch.column_count = l->target.column_count;
    enum status st = d->ops->decode(d, bytes, last, &view, NULL, ret_used, e);
    out->batch.row_count = view.batch.row_count;
    out->batch.sel_count = view.batch.sel_count;
    return st;
}
