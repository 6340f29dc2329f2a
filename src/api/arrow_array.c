/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arrow_array: columns into Arrow buffers. A batch is lent for one call, so every buffer is filled
 * once here and never again: by one memcpy where a flat column has Arrow's layout (integers, floats,
 * dates, times, timestamps up to microseconds, wide decimals), by one pass otherwise. Whoever imports
 * the array reads these buffers in place.
 *
 * A row of a column is addressed by a pick: the identity, or a list of physical rows in which
 * NO_ROW stands for a null whose bytes do not exist (a field of a null struct).
 */
#include "api/arrow_array.h"

#include "base/alloc.h"

#include <assert.h>

#define NO_ROW UINT32_MAX
enum { BUFFERS_MAX = 3, NANOS_PER_MICRO = 1000 };

struct owned {
    void *buffers[BUFFERS_MAX];
    struct ArrowArray **children;
};

/* What a conversion carries along: the column for messages, memory for picks. */
struct conversion {
    struct str column;
    struct arena *scratch;
    struct error *error;
};

static void array_release(struct ArrowArray *a) {
    struct owned *o = a->private_data;
    for (int64_t i = 0; i < a->n_children; i++) {
        if (a->children[i]->release != NULL) a->children[i]->release(a->children[i]);
        mem_free(a->children[i]);
    }
    for (int i = 0; i < BUFFERS_MAX; i++) mem_free(o->buffers[i]);
    mem_free(o->children);
    mem_free(o);
    a->release = NULL;
}

static enum status array_init(struct ArrowArray *a, uint32_t length, uint32_t buffers, uint32_t children, struct error *e) {
    assert(buffers <= BUFFERS_MAX);
    struct owned *o = mem_calloc(1, sizeof *o);
    if (o == NULL) return error_no_memory(e, sizeof *o);
    *a = (struct ArrowArray){.length = length, .n_buffers = buffers, .release = array_release, .private_data = o};
    a->buffers = (const void **)o->buffers;
    a->children = o->children = mem_calloc(children + 1, sizeof *o->children);
    if (o->children != NULL) return STATUS_OK;
    array_release(a);
    return error_no_memory(e, 0);
}

/* A buffer that is never NULL, since some readers want an address for nothing, too. */
static void *buffer_new(struct ArrowArray *a, uint32_t index, uint64_t size_bytes, struct error *e) {
    struct owned *o = a->private_data;
    assert(o->buffers[index] == NULL);
    o->buffers[index] = mem_calloc(1, size_bytes == 0 ? 8 : (size_bytes + 63) / 64 * 64);
    if (o->buffers[index] == NULL) error_no_memory(e, size_bytes);
    return o->buffers[index];
}

static struct ArrowArray *child_new(struct ArrowArray *a) {
    struct ArrowArray *child = mem_calloc(1, sizeof *child);
    if (child != NULL) a->children[a->n_children++] = child;
    return child;
}

static bool is_null(const struct vec *v, uint32_t row) {
    return row == NO_ROW || v->type->root == TYPE_NULL || (v->valid != NULL && !bits_get(v->valid, row));
}

/* ---- picks ------------------------------------------------------------------------------------------- */

/* The flat column behind v and its rows for `rows`. */
static enum status resolve(struct conversion *c, const struct vec *v, struct rows rows, const struct vec **ret_base, struct rows *ret_rows) {
    *ret_base = vec_base(v);
    *ret_rows = rows;
    if (v->form == VEC_FLAT) return STATUS_OK;
    uint32_t *at = arena_alloc(c->scratch, (size_t)(rows.count + 1) * sizeof *at);
    if (at == NULL) return error_no_memory(c->error, (uint64_t)rows.count * 4);
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        at[i] = row == NO_ROW ? NO_ROW : vec_row(v, row);
    }
    *ret_rows = (struct rows){at, rows.count};
    return STATUS_OK;
}

/* The rows of a struct's fields: where the struct is null, they are. */
static enum status field_rows(struct conversion *c, const struct vec *v, struct rows rows, struct rows *ret) {
    *ret = rows;
    if (v->valid == NULL) return STATUS_OK;
    uint32_t *at = arena_alloc(c->scratch, (size_t)(rows.count + 1) * sizeof *at);
    if (at == NULL) return error_no_memory(c->error, (uint64_t)rows.count * 4);
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        at[i] = is_null(v, row) ? NO_ROW : row;
    }
    *ret = (struct rows){at, rows.count};
    return STATUS_OK;
}

/* The rows of a list's elements, one list behind the other; offsets has room for rows.count + 1. */
static enum status element_rows(struct conversion *c, const struct vec *v, struct rows rows, int32_t *offsets, struct rows *ret) {
    const struct list_ref *refs = v->data;
    uint64_t total = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        offsets[i] = (int32_t)total;
        if (!is_null(v, row)) total += refs[row].count;
        if (total > INT32_MAX) return error_set(c->error, STATUS_LIMIT, "Column '%.*s': the lists of a batch have more than %d elements", STR_ARG(c->column), INT32_MAX);
    }
    offsets[rows.count] = (int32_t)total;
    uint32_t *at = arena_alloc(c->scratch, (size_t)(total + 1) * sizeof *at), n = 0;
    if (at == NULL) return error_no_memory(c->error, total * 4);
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        for (uint32_t k = 0; !is_null(v, row) && k < refs[row].count; k++) at[n++] = refs[row].offset + k;
    }
    *ret = (struct rows){at, (uint32_t)total};
    return STATUS_OK;
}

/* ---- buffers ------------------------------------------------------------------------------------------- */

static enum status validity(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *a) {
    for (uint32_t i = 0; i < rows.count; i++) a->null_count += is_null(v, rows_at(&rows, i));
    if (a->null_count == 0) return STATUS_OK;
    uint64_t *bits = buffer_new(a, 0, BITS_WORDS((uint64_t)rows.count) * 8, c->error);
    if (bits == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < rows.count; i++)
        if (!is_null(v, rows_at(&rows, i))) bits_set(bits, i);
    return STATUS_OK;
}

static enum status fill_bool(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *a) {
    uint64_t *bits = buffer_new(a, 1, BITS_WORDS((uint64_t)rows.count) * 8, c->error);
    if (bits == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        if (!is_null(v, row) && VEC_DATA(v, const uint8_t)[row] != 0) bits_set(bits, i);
    }
    return STATUS_OK;
}

/* Values whose bytes are Arrow's. */
static enum status fill_bytes(struct conversion *c, const struct vec *v, struct rows rows, uint32_t size, struct ArrowArray *a) {
    char *to = buffer_new(a, 1, (uint64_t)rows.count * size, c->error);
    const char *from = v->data;
    if (to == NULL) return STATUS_NO_MEMORY;
    if (rows.sel == NULL) {
        memcpy(to, from, (size_t)rows.count * size);
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < rows.count; i++)
        if (rows.sel[i] != NO_ROW) memcpy(to + (size_t)i * size, from + (size_t)rows.sel[i] * size, size);
    return STATUS_OK;
}

static enum status fill_decimal(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *a) {
    __int128 *to = buffer_new(a, 1, (uint64_t)rows.count * sizeof *to, c->error);
    if (to == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        if (!is_null(v, row)) to[i] = VEC_DATA(v, const int64_t)[row];
    }
    return STATUS_OK;
}

static enum status fill_nanos(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *a) {
    int64_t *to = buffer_new(a, 1, (uint64_t)rows.count * sizeof *to, c->error);
    if (to == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        if (is_null(v, row)) continue;
        struct ts t = VEC_DATA(v, const struct ts)[row];
        if (!__builtin_mul_overflow(t.micros, NANOS_PER_MICRO, &to[i]) && !__builtin_add_overflow(to[i], t.nanos, &to[i])) continue;
        error_set(c->error, STATUS_EVALUATION, "Column '%.*s': a timestamp lies outside of what Arrow's nanoseconds reach (1677 to 2262)", STR_ARG(c->column));
        return error_hint(c->error, "CAST the column to TIMESTAMP(6)");
    }
    return STATUS_OK;
}

static enum status fill_text(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *a) {
    const struct strv *views = v->data;
    uint64_t total = 0;
    int32_t *offsets = buffer_new(a, 1, ((uint64_t)rows.count + 1) * sizeof *offsets, c->error);
    if (offsets == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        offsets[i] = (int32_t)total;
        if (!is_null(v, row)) total += views[row].size_bytes;
        if (total > INT32_MAX) return error_set(c->error, STATUS_LIMIT, "Column '%.*s': the texts of a batch take more than 2 GiB", STR_ARG(c->column));
    }
    offsets[rows.count] = (int32_t)total;
    char *to = buffer_new(a, 2, total, c->error);
    if (to == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        if (is_null(v, row)) continue;
        struct str s = strv_str(&views[row]);
        memcpy(to + offsets[i], s.at, s.size_bytes);
    }
    return STATUS_OK;
}

/* ---- arrays ---------------------------------------------------------------------------------------------- */

static enum status column(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *ret);

static enum status child_column(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *to) {
    struct ArrowArray *child = child_new(to);
    return child == NULL ? error_no_memory(c->error, sizeof *child) : column(c, v, rows, child);
}

static enum status fill_list(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *a) {
    struct rows elements;
    int32_t *offsets = buffer_new(a, 1, ((uint64_t)rows.count + 1) * sizeof *offsets, c->error);
    if (offsets == NULL) return STATUS_NO_MEMORY;
    TRY(element_rows(c, v, rows, offsets, &elements));
    if (v->child_count == 1) return child_column(c, v->children[0], elements, a);
    struct ArrowArray *entries = child_new(a);
    if (entries == NULL) return error_no_memory(c->error, sizeof *entries);
    TRY(array_init(entries, elements.count, 1, v->child_count, c->error));
    for (uint32_t i = 0; i < v->child_count; i++) TRY(child_column(c, v->children[i], elements, entries));
    return STATUS_OK;
}

static enum status fill_struct(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *a) {
    struct rows fields;
    TRY(field_rows(c, v, rows, &fields));
    for (uint32_t i = 0; i < v->child_count; i++) TRY(child_column(c, v->children[i], fields, a));
    return STATUS_OK;
}

static enum status fill(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *a) {
    switch (v->type->phys) {
    case PHYS_BOOL: return fill_bool(c, v, rows, a);
    case PHYS_I8:
    case PHYS_I16:
    case PHYS_I32:
    case PHYS_F32:
    case PHYS_F64:
    case PHYS_I128: return fill_bytes(c, v, rows, phys_size_bytes(v->type->phys), a);
    case PHYS_I64: return v->type->root == TYPE_DECIMAL ? fill_decimal(c, v, rows, a) : fill_bytes(c, v, rows, 8, a);
    case PHYS_TS: return fill_nanos(c, v, rows, a);
    case PHYS_STRING: return fill_text(c, v, rows, a);
    case PHYS_LIST: return fill_list(c, v, rows, a);
    case PHYS_ROW: return fill_struct(c, v, rows, a);
    case PHYS_NULL: return STATUS_OK;
    }
    assert(!"unknown physical kind");
    return STATUS_BUG;
}

static uint32_t buffers_of(const struct type *t) {
    return t->phys == PHYS_NULL ? 0 : t->phys == PHYS_ROW ? 1 : t->phys == PHYS_STRING ? 3 : 2;
}

/* On failure *ret is released, or was never made. */
static enum status column(struct conversion *c, const struct vec *v, struct rows rows, struct ArrowArray *ret) {
    const struct vec *base = NULL;
    struct rows at;
    TRY(resolve(c, v, rows, &base, &at));
    TRY(array_init(ret, at.count, buffers_of(base->type), base->child_count, c->error));
    enum status s = STATUS_OK;
    if (base->type->phys == PHYS_NULL) ret->null_count = at.count;
    else s = validity(c, base, at, ret);
    if (s == STATUS_OK) s = fill(c, base, at, ret);
    if (s != STATUS_OK) array_release(ret);
    return s;
}

static enum status op_column(struct conversion *c, const struct batch *b, struct ArrowArray *to) {
    enum { KIND_BYTES = 2 };
    struct rows rows = batch_rows(b);
    struct ArrowArray *a = child_new(to);
    if (a == NULL) return error_no_memory(c->error, sizeof *a);
    TRY(array_init(a, rows.count, 3, 0, c->error));
    int32_t *offsets = buffer_new(a, 1, ((uint64_t)rows.count + 1) * sizeof *offsets, c->error);
    char *text = buffer_new(a, 2, (uint64_t)rows.count * KIND_BYTES, c->error);
    if (offsets == NULL || text == NULL) return STATUS_NO_MEMORY; /* the parent's release takes it along */
    for (uint32_t i = 0; i < rows.count; i++) {
        memcpy(text + (size_t)i * KIND_BYTES, row_kind_text(batch_kind(b, rows_at(&rows, i))), KIND_BYTES);
        offsets[i + 1] = (int32_t)((i + 1) * KIND_BYTES);
    }
    return STATUS_OK;
}

enum status arrow_array_new(const struct batch *b, const struct str *names, bool changelog, struct ArrowArray *ret, struct error *e) {
    struct ArrowArray made = {0};
    struct conversion c = {.scratch = arena_new("arrow", 0), .error = e};
    if (c.scratch == NULL) return error_no_memory(e, 0);
    enum status s = array_init(&made, b->sel_count, 1, b->column_count + 1, e);
    if (s == STATUS_OK && changelog) s = op_column(&c, b, &made);
    for (uint32_t i = 0; s == STATUS_OK && i < b->column_count; i++) {
        c.column = names[i];
        s = child_column(&c, b->columns[i], batch_rows(b), &made);
    }
    arena_free(c.scratch);
    if (s == STATUS_OK) *ret = made;
    else if (made.release != NULL) array_release(&made);
    return s;
}
