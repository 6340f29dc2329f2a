/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_shape: the tree of wanted names that both decoding paths walk: built once from the projected
 * paths, bound to the columns of a batch per decode call. A ROW column is a shape of its own, so
 * that its fields are written in place. Where a name is wanted twice (t.r and t.r.a), the tree has
 * the name twice and the predicted path, which stops at the first match, is switched off.
 */
#include "format/json.h"

#include <assert.h>

static enum json_leaf leaf_of(const struct type *t, enum time_standard standard) {
    switch (t->root) {
    case TYPE_BIGINT: return JSON_LEAF_I64;
    case TYPE_INT: return JSON_LEAF_I32;
    case TYPE_DOUBLE: return JSON_LEAF_F64;
    case TYPE_BOOLEAN: return JSON_LEAF_BOOL;
    case TYPE_CHAR: case TYPE_VARCHAR: return JSON_LEAF_STRING;
    case TYPE_TIMESTAMP:
        return t->phys == PHYS_I64 && standard == TIME_STANDARD_SQL ? JSON_LEAF_TIMESTAMP : JSON_LEAF_SCALAR;
    case TYPE_ARRAY: case TYPE_MAP: case TYPE_MULTISET: return JSON_LEAF_NESTED;
    case TYPE_ROW: return JSON_LEAF_NONE;
    default: return JSON_LEAF_SCALAR;
    }
}

static enum status shape_alloc(struct arena *a, uint32_t room, struct json_shape **ret) {
    struct json_shape *s = ARENA_NEW(a, struct json_shape);
    if (s == NULL) return STATUS_NO_MEMORY;
    s->fields = ARENA_ARRAY(a, struct json_field, room);
    s->members = ARENA_ARRAY(a, struct json_member, JSON_MEMBERS_MAX);
    s->row_output = -1;
    *ret = s;
    return s->fields == NULL || s->members == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status fill_field(struct arena *a, struct json_field *f, struct str name, const struct type *t, enum time_standard standard);

/* The shape of a whole ROW value. */
static enum status row_shape(struct arena *a, const struct type *row, enum time_standard standard, struct json_shape **ret) {
    struct json_shape *s;
    TRY(shape_alloc(a, row->child_count, &s));
    s->count = row->child_count;
    for (uint32_t i = 0; i < row->child_count; i++)
        TRY(fill_field(a, &s->fields[i], row->children[i].name, row->children[i].type, standard));
    *ret = s;
    return STATUS_OK;
}

static enum status fill_field(struct arena *a, struct json_field *f, struct str name, const struct type *t, enum time_standard standard) {
    *f = (struct json_field){.name = name, .leaf = leaf_of(t, standard), .type = t, .output = -1, .keep_digits = t->precision};
    if (t->root == TYPE_ROW) TRY(row_shape(a, t, standard, &f->below));
    return STATUS_OK;
}

/* The first field of that name; NULL. */
static struct json_field *find_name(struct json_shape *s, struct str name) {
    for (uint32_t i = 0; i < s->count; i++) {
        if (str_equal(s->fields[i].name, name)) return &s->fields[i];
    }
    return NULL;
}

static enum status add_path(struct arena *a, struct json_shape *s, uint32_t room, const struct str *path, uint32_t depth,
                            const struct type *t, int32_t output, enum time_standard standard, bool *fast) {
    for (uint32_t i = 0; i < depth; i++) {
        struct json_field *f = find_name(s, path[i]);
        bool last = i + 1 == depth;
        if (!last && f != NULL && f->type == NULL) {
            s = f->below;
            continue;
        }
        if (f != NULL) *fast = false;
        assert(s->count < room);
        f = &s->fields[s->count++];
        if (last) {
            TRY(fill_field(a, f, path[i], t, standard));
            f->output = output;
            return STATUS_OK;
        }
        *f = (struct json_field){.name = path[i], .leaf = JSON_LEAF_NONE, .output = -1};
        TRY(shape_alloc(a, room, &f->below));
        s = f->below;
    }
    return STATUS_OK;
}

static bool fits_fast(const struct json_shape *s) {
    if (s->count > JSON_FAST_FIELDS_MAX) return false;
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->fields[i].name.size_bytes + 8 > JSON_KEY_MAX) return false;
        if (s->fields[i].below != NULL && !fits_fast(s->fields[i].below)) return false;
    }
    return true;
}

enum status json_shape_new(struct arena *a, const struct decode_target *t, enum time_standard standard, struct json_shape **ret, bool *ret_fast, struct error *e) {
    struct json_shape *s;
    bool fast = true;
    enum status st = shape_alloc(a, t->column_count + 1, &s);
    for (uint32_t i = 0; st == STATUS_OK && i < t->column_count; i++) {
        const struct str *path = t->paths == NULL ? &t->row->children[i].name : t->paths[i];
        uint32_t depth = t->paths == NULL ? 1 : t->path_counts[i];
        assert(depth >= 1);
        st = add_path(a, s, t->column_count + 1, path, depth, t->types[i], (int32_t)i, standard, &fast);
    }
    if (st != STATUS_OK) return error_no_memory(e, sizeof *s);
    *ret = s;
    *ret_fast = fast && fits_fast(s);
    return STATUS_OK;
}

static void bind_field(struct json_field *f, struct vec *v, struct batch_buffer *out);

static void bind_row(struct json_shape *s, struct vec *row) {
    assert(row->child_count == s->count);
    s->row = row;
    for (uint32_t i = 0; i < s->count; i++) bind_field(&s->fields[i], row->children[i], NULL);
}

static void bind_field(struct json_field *f, struct vec *v, struct batch_buffer *out) {
    f->vec = v;
    if (f->below == NULL) return;
    if (v != NULL) {
        bind_row(f->below, v);
    } else {
        json_shape_bind(f->below, out);
    }
}

void json_shape_bind(struct json_shape *s, struct batch_buffer *out) {
    s->row = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        struct json_field *f = &s->fields[i];
        bind_field(f, f->output >= 0 ? out->batch.columns[f->output] : NULL, out);
    }
}

void json_shape_set_null(const struct json_shape *s, uint32_t row) {
    if (s->row != NULL) {
        json_set_null(s->row, row);
        return;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        const struct json_field *f = &s->fields[i];
        if (f->vec != NULL) {
            json_set_null(f->vec, row);
        } else {
            json_shape_set_null(f->below, row);
        }
    }
}
