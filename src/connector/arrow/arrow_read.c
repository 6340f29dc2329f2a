/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arrow_read: values of Arrow arrays into columns. Fixed-size values are copied (by one memcpy where
 * the layouts agree), texts become views of the array's own bytes. Counts of buffers and children are
 * checked against the schema, since an array that does not fit it would be read out of bounds.
 */
#include "connector/arrow/arrow_field.h"

#include <assert.h>
#include <math.h>

/* One read: the array and the first of its values, counted with its offset. */
struct part {
    const struct arrow_field *field;
    const struct ArrowArray *array;
    int64_t first;
    uint32_t count;
    struct vec *dst;
    uint32_t dst_row;
    struct error *error;
};

static const void *buffer(const struct part *p, int64_t i) { return p->array->buffers[i]; }

static bool is_valid(const struct ArrowArray *a, int64_t i) {
    const uint8_t *bits = a->n_buffers == 0 ? NULL : a->buffers[0];
    return a->null_count == 0 || bits == NULL || (bits[i >> 3] >> (i & 7) & 1) != 0;
}

static enum status nulls(const struct part *p) {
    const struct ArrowArray *a = p->array;
    if (p->field->kind == ARROW_NULL) return STATUS_OK;
    for (uint32_t i = 0; i < p->count; i++) {
        if (is_valid(a, p->first + i)) {
            vec_set_valid(p->dst, p->dst_row + i);
            continue;
        }
        if (!p->field->type->nullable) return error_set(p->error, STATUS_BAD_RECORD, "The Arrow field '%.*s' is declared not null and has a null", STR_ARG(p->field->name));
        vec_set_null(p->dst, p->dst_row + i);
    }
    return STATUS_OK;
}

/* ---- values of fixed size ---------------------------------------------------------------------------------- */

static int64_t integer_at(const void *values, uint32_t width, bool is_signed, int64_t i) {
    switch (width) {
    case 1: return is_signed ? ((const int8_t *)values)[i] : ((const uint8_t *)values)[i];
    case 2: return is_signed ? ((const int16_t *)values)[i] : ((const uint16_t *)values)[i];
    case 4: return is_signed ? ((const int32_t *)values)[i] : (int64_t)((const uint32_t *)values)[i];
    default: return ((const int64_t *)values)[i];
    }
}

/* into a column of whole numbers of any width. */
static void integer_put(struct vec *v, uint32_t row, int64_t n) {
    switch (v->type->phys) {
    case PHYS_I16: VEC_DATA(v, int16_t)[row] = (int16_t)n; return;
    case PHYS_I32: VEC_DATA(v, int32_t)[row] = (int32_t)n; return;
    case PHYS_I64: VEC_DATA(v, int64_t)[row] = n; return;
    default: VEC_DATA(v, __int128)[row] = (uint64_t)n; return; /* unsigned 64 bits as DECIMAL(20, 0) */
    }
}

static void read_bools(const struct part *p) {
    const uint8_t *bits = buffer(p, 1);
    for (uint32_t i = 0; i < p->count; i++) {
        int64_t at = p->first + i;
        VEC_DATA(p->dst, uint8_t)[p->dst_row + i] = bits[at >> 3] >> (at & 7) & 1;
    }
}

static void read_copies(const struct part *p) {
    uint32_t width = p->field->width;
    assert(phys_size_bytes(p->dst->type->phys) == width);
    memcpy((char *)p->dst->data + (size_t)p->dst_row * width, (const char *)buffer(p, 1) + p->first * width, (size_t)p->count * width);
}

static void read_integers(const struct part *p) {
    for (uint32_t i = 0; i < p->count; i++)
        integer_put(p->dst, p->dst_row + i, integer_at(buffer(p, 1), p->field->width, p->field->is_signed, p->first + i));
}

static int64_t floor_div(int64_t n, int64_t by) { return n / by - (n % by < 0); }

static enum status read_scaled(const struct part *p) {
    for (uint32_t i = 0; i < p->count; i++) {
        int64_t n = integer_at(buffer(p, 1), p->field->width, true, p->first + i), scaled = 0;
        if (is_valid(p->array, p->first + i) && __builtin_mul_overflow(n, p->field->multiplier, &scaled))
            return error_set(p->error, STATUS_BAD_RECORD, "The Arrow field '%.*s': a value is out of range", STR_ARG(p->field->name));
        integer_put(p->dst, p->dst_row + i, floor_div(scaled, p->field->divisor));
    }
    return STATUS_OK;
}

static void read_nanos(const struct part *p) {
    const int64_t *values = buffer(p, 1);
    for (uint32_t i = 0; i < p->count; i++) {
        int64_t n = values[p->first + i], micros = floor_div(n, 1000);
        VEC_DATA(p->dst, struct ts)[p->dst_row + i] = (struct ts){.micros = micros, .nanos = (int32_t)(n - micros * 1000)};
    }
}

static void read_decimals(const struct part *p) {
    const char *values = buffer(p, 1);
    for (uint32_t i = 0; i < p->count; i++) {
        __int128 n;
        memcpy(&n, values + (p->first + i) * (int64_t)sizeof n, sizeof n); /* 8-byte alignment is all that Arrow promises */
        if (p->dst->type->phys == PHYS_I64) VEC_DATA(p->dst, int64_t)[p->dst_row + i] = (int64_t)n;
        else VEC_DATA(p->dst, __int128)[p->dst_row + i] = n;
    }
}

static float half_to_float(uint16_t h) {
    uint32_t sign = h >> 15, exponent = h >> 10 & 31, fraction = h & 1023;
    float n = exponent == 31 ? (fraction == 0 ? INFINITY : NAN) : exponent == 0 ? ldexpf((float)fraction, -24) : ldexpf((float)(fraction + 1024), (int)exponent - 25);
    return sign != 0 ? -n : n;
}

static void read_halves(const struct part *p) {
    const uint16_t *values = buffer(p, 1);
    for (uint32_t i = 0; i < p->count; i++) VEC_DATA(p->dst, float)[p->dst_row + i] = half_to_float(values[p->first + i]);
}

/* ---- texts ---------------------------------------------------------------------------------------------------- */

/* Offset i, of lists and texts; never negative. */
static int64_t offset_at(const struct part *p, int64_t i) {
    return p->field->width == 8 ? ((const int64_t *)buffer(p, 1))[i] : ((const int32_t *)buffer(p, 1))[i];
}

static enum status wrong_offsets(const struct part *p) {
    return error_set(p->error, STATUS_CORRUPT, "The Arrow field '%.*s': the offsets of its array do not ascend", STR_ARG(p->field->name));
}

static enum status read_texts(const struct part *p) {
    struct strv *to = VEC_DATA(p->dst, struct strv) + p->dst_row;
    for (uint32_t i = 0; i < p->count; i++) {
        to[i] = strv_view((struct str){"", 0});
        if (!is_valid(p->array, p->first + i)) continue;
        int64_t begin = offset_at(p, p->first + i), end = offset_at(p, p->first + i + 1);
        if (begin < 0 || end < begin || end - begin > INT32_MAX) return wrong_offsets(p);
        to[i] = strv_view((struct str){(const char *)buffer(p, 2) + begin, (size_t)(end - begin)});
    }
    return STATUS_OK;
}

static void read_fixed_bytes(const struct part *p) {
    for (uint32_t i = 0; i < p->count; i++) {
        const char *at = (const char *)buffer(p, 1) + (p->first + i) * (int64_t)p->field->count;
        VEC_DATA(p->dst, struct strv)[p->dst_row + i] = strv_view((struct str){at, p->field->count});
    }
}

/* ---- nested values --------------------------------------------------------------------------------------------- */

/* The elements of one value behind each other, for ARRAY; keys and values, for MAP. */
static enum status read_elements(const struct part *p, int64_t from, uint32_t count, uint32_t row) {
    uint32_t offset = 0;
    if (vec_list_extend(p->dst, count, &offset) != STATUS_OK) return error_no_memory(p->error, count);
    VEC_DATA(p->dst, struct list_ref)[row] = (struct list_ref){offset, count};
    const struct arrow_field *child = p->field->children[0];
    const struct ArrowArray *elements = p->array->children[0];
    if (p->dst->child_count == 1) return arrow_field_read(child, elements, from, count, p->dst->children[0], offset, p->error);
    if (elements->n_children != 2) return wrong_offsets(p);
    for (uint32_t c = 0; c < 2; c++)
        TRY(arrow_field_read(child->children[c], elements->children[c], elements->offset + from, count, p->dst->children[c], offset, p->error));
    return STATUS_OK;
}

static enum status read_lists(const struct part *p) {
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t row = p->dst_row + i;
        VEC_DATA(p->dst, struct list_ref)[row] = (struct list_ref){0, 0};
        if (!is_valid(p->array, p->first + i)) continue;
        bool fixed = p->field->kind == ARROW_FIXED_LIST;
        int64_t begin = fixed ? (p->first + i) * (int64_t)p->field->count : offset_at(p, p->first + i);
        int64_t end = fixed ? begin + p->field->count : offset_at(p, p->first + i + 1);
        if (begin < 0 || end < begin || end - begin > INT32_MAX) return wrong_offsets(p);
        TRY(read_elements(p, begin, (uint32_t)(end - begin), row));
    }
    return STATUS_OK;
}

static enum status read_structs(const struct part *p) {
    for (uint32_t c = 0; c < p->field->child_count; c++)
        TRY(arrow_field_read(p->field->children[c], p->array->children[c], p->first, p->count, p->dst->children[c], p->dst_row, p->error));
    return STATUS_OK;
}

static enum status read_dictionary(const struct part *p) {
    const struct arrow_field *values = p->field->children[0];
    for (uint32_t i = 0; i < p->count; i++) {
        if (!is_valid(p->array, p->first + i)) continue;
        int64_t at = integer_at(buffer(p, 1), p->field->width, p->field->is_signed, p->first + i);
        if (at < 0 || at >= p->array->dictionary->length)
            return error_set(p->error, STATUS_CORRUPT, "The Arrow field '%.*s': an index lies outside of its dictionary", STR_ARG(p->field->name));
        TRY(arrow_field_read(values, p->array->dictionary, at, 1, p->dst, p->dst_row + i, p->error));
    }
    return STATUS_OK;
}

/* ---- one field --------------------------------------------------------------------------------------------------- */

static uint32_t buffers_of(enum arrow_kind k) {
    switch (k) {
    case ARROW_NULL: return 0;
    case ARROW_STRUCT:
    case ARROW_FIXED_LIST: return 1;
    case ARROW_TEXT: return 3;
    default: return 2;
    }
}

static bool fits(const struct arrow_field *f, const struct ArrowArray *a, int64_t from, uint32_t count) {
    bool dictionary = f->kind == ARROW_DICTIONARY;
    return a != NULL && a->release != NULL && a->offset >= 0 && from >= 0 && from + count <= a->length && a->n_buffers >= buffers_of(f->kind) &&
           (dictionary ? a->dictionary != NULL : a->n_children == f->child_count);
}

static enum status read_kind(const struct part *p) {
    switch (p->field->kind) {
    case ARROW_NULL: return STATUS_OK;
    case ARROW_BOOL: read_bools(p); return STATUS_OK;
    case ARROW_COPY: read_copies(p); return STATUS_OK;
    case ARROW_INTEGER: read_integers(p); return STATUS_OK;
    case ARROW_HALF: read_halves(p); return STATUS_OK;
    case ARROW_DECIMAL: read_decimals(p); return STATUS_OK;
    case ARROW_SCALED: return read_scaled(p);
    case ARROW_NANOS: read_nanos(p); return STATUS_OK;
    case ARROW_TEXT: return read_texts(p);
    case ARROW_FIXED_BYTES: read_fixed_bytes(p); return STATUS_OK;
    case ARROW_LIST:
    case ARROW_FIXED_LIST: return read_lists(p);
    case ARROW_STRUCT: return read_structs(p);
    case ARROW_DICTIONARY: return read_dictionary(p);
    }
    assert(!"unknown kind of an Arrow field");
    return STATUS_BUG;
}

enum status arrow_field_read(const struct arrow_field *f, const struct ArrowArray *array, int64_t from, uint32_t count, struct vec *dst, uint32_t dst_row, struct error *e) {
    assert(dst->form == VEC_FLAT);
    if (!fits(f, array, from, count)) return error_set(e, STATUS_CORRUPT, "The Arrow field '%.*s': the array does not fit its schema", STR_ARG(f->name));
    struct part p = {f, array, array->offset + from, count, dst, dst_row, e};
    if (count == 0) return STATUS_OK;
    TRY(nulls(&p));
    return read_kind(&p);
}
