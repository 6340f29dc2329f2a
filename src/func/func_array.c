/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_array: the ARRAY_ functions. Which elements are equal list_value_equal says.
 */
#include "func/list_kernel.h"

#include <assert.h>

static enum status typed(struct func_bind *b, const struct type *t, kernel_fn kernel)
{
    b->type = t;
    b->impl.kernel = kernel;
    return t == NULL ? error_no_memory(b->error, sizeof *t) : STATUS_OK;
}

/* The first argument must be an array. */
static enum status need_array(struct func_bind *b, const struct type **ret_element)
{
    if (b->args[0]->type->root != TYPE_ARRAY) return bind_wrong_types(b);
    *ret_element = b->args[0]->type->children[0].type;
    return STATUS_OK;
}

/* ---- an array and an element -------------------------------------------------------------------------------- */

static enum status contains_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    if (vec_is_null(args[0], row)) return set_null(out, row);
    struct list_view l = arg_list(args[0], row);
    return set_bool(out, row, list_find(&l, args[1], row) != UINT32_MAX);
}
KERNEL(contains)

static enum status bind_contains(struct func_bind *b)
{
    const struct type *element = NULL;
    TRY(need_array(b, &element));
    TRY(bind_element(b, 1, element));
    return typed(b, type_simple(b->types, TYPE_BOOLEAN, b->args[0]->type->nullable), contains_kernel);
}

static enum status position_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct list_view l = arg_list(args[0], row);
    uint32_t at = list_find(&l, args[1], row);
    return set_int(out, row, at == UINT32_MAX ? 0 : (int32_t)at + 1);
}
KERNEL(position)

static enum status bind_position(struct func_bind *b)
{
    const struct type *element = NULL;
    TRY(need_array(b, &element));
    TRY(bind_element(b, 1, element));
    return typed(b, type_simple(b->types, TYPE_INT, bind_any_nullable(b)), position_kernel);
}

static enum status add_to(const struct vec *const *args, uint32_t row, struct vec *out, bool front)
{
    if (vec_is_null(args[0], row)) return set_null(out, row);
    struct list_view l = arg_list(args[0], row);
    struct list_build build;
    TRY(list_open(&build, out, row, l.count + 1));
    if (front) TRY(list_add(&build, args[1], row));
    for (uint32_t i = 0; i < l.count; i++) TRY(list_add(&build, l.elements, l.offset + i));
    if (!front) TRY(list_add(&build, args[1], row));
    return list_close(&build);
}

static enum status append_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return add_to(args, row, out, false);
}
KERNEL(append)

static enum status prepend_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return add_to(args, row, out, true);
}
KERNEL(prepend)

static enum status bind_add(struct func_bind *b, kernel_fn kernel)
{
    const struct type *element = NULL;
    TRY(need_array(b, &element));
    TRY(bind_element(b, 1, element));
    element = type_nullable(b->types, element, element->nullable || b->args[1]->type->nullable);
    if (element == NULL) return error_no_memory(b->error, sizeof *element);
    return typed(b, type_array(b->types, element, bind_any_nullable(b)), kernel);
}
static enum status bind_append(struct func_bind *b) { return bind_add(b, append_kernel); }
static enum status bind_prepend(struct func_bind *b) { return bind_add(b, prepend_kernel); }

static enum status remove_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    if (vec_is_null(args[0], row)) return set_null(out, row);
    struct list_view l = arg_list(args[0], row);
    struct list_build build;
    TRY(list_open(&build, out, row, l.count));
    for (uint32_t i = 0; i < l.count; i++) {
        if (!list_value_equal(l.elements, l.offset + i, args[1], row)) TRY(list_add(&build, l.elements, l.offset + i));
    }
    return list_close(&build);
}
KERNEL(remove)

static enum status bind_remove(struct func_bind *b)
{
    const struct type *element = NULL;
    TRY(need_array(b, &element));
    TRY(bind_element(b, 1, element));
    return typed(b, b->args[0]->type, remove_kernel);
}

/* ---- one array -------------------------------------------------------------------------------------------------- */

static enum status distinct_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct list_view l = arg_list(args[0], row);
    struct list_build build;
    TRY(list_open(&build, out, row, l.count));
    for (uint32_t i = 0; i < l.count; i++) {
        if (!list_has(&build, l.elements, l.offset + i)) TRY(list_add(&build, l.elements, l.offset + i));
    }
    return list_close(&build);
}
KERNEL(distinct)

static enum status reverse_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct list_view l = arg_list(args[0], row);
    struct list_build build;
    TRY(list_open(&build, out, row, l.count));
    for (uint32_t i = l.count; i > 0; i--) TRY(list_add(&build, l.elements, l.offset + i - 1));
    return list_close(&build);
}
KERNEL(reverse)

static enum status bind_same(struct func_bind *b, kernel_fn kernel)
{
    const struct type *element = NULL;
    TRY(need_array(b, &element));
    return typed(b, type_nullable(b->types, b->args[0]->type, bind_any_nullable(b)), kernel);
}
static enum status bind_distinct(struct func_bind *b) { return bind_same(b, distinct_kernel); }
static enum status bind_reverse(struct func_bind *b) { return bind_same(b, reverse_kernel); }

/* From and to count from 1, or from the end when negative. */
static enum status slice(const struct vec *const *args, uint32_t row, int64_t to, struct vec *out)
{
    struct list_view l = arg_list(args[0], row);
    int64_t from = arg_int(args[1], row), count = l.count;
    struct list_build build;
    if (from < 0) from += count + 1;
    if (to < 0) to += count + 1;
    if (to == 0) to = 1; /* as Flink has it */
    if (from < 1) from = 1;
    if (to > count) to = count;
    int64_t length = to < from ? 0 : to - from + 1;
    TRY(list_open(&build, out, row, (uint32_t)length));
    for (int64_t i = 0; i < length; i++) TRY(list_add(&build, l.elements, l.offset + (uint32_t)(from - 1 + i)));
    return list_close(&build);
}

static enum status slice2_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return slice(args, row, INT32_MAX, out);
}
KERNEL(slice2)
static enum status slice3_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return slice(args, row, arg_int(args[2], row), out);
}
KERNEL(slice3)

static enum status bind_slice(struct func_bind *b)
{
    kernel_fn kernel = b->arg_count == 2 ? slice2_kernel : slice3_kernel;
    for (uint32_t i = 1; i < b->arg_count; i++) {
        if (b->args[i]->type->root == TYPE_BIGINT) return bind_wrong_types(b);
    }
    TRY(bind_form(b, "aii", RESULT_INT, kernel));
    return bind_same(b, kernel);
}

/* ---- order --------------------------------------------------------------------------------------------------------- */

static bool is_ordered(const struct type *t)
{
    return t->phys != PHYS_LIST && t->phys != PHYS_ROW && t->root != TYPE_BOOLEAN && t->root != TYPE_NULL && !type_is_interval(t);
}

struct sorting {
    const struct vec *v;
    bool ascending, nulls_first;
};

static bool goes_before(const struct sorting *s, uint32_t a, uint32_t b)
{
    bool null_a = vec_is_null(s->v, a), null_b = vec_is_null(s->v, b);
    if (null_a || null_b) return null_a != null_b && null_a == s->nulls_first;
    int order = vec_value_compare(s->v, a, s->v, b);
    return s->ascending ? order < 0 : order > 0;
}

/* Stable merge sort of n indexes; room holds n more. */
static void sort_indexes(const struct sorting *s, uint32_t *index, uint32_t *room, uint32_t n)
{
    for (uint32_t width = 1; width < n; width *= 2) {
        for (uint32_t begin = 0; begin < n; begin += 2 * width) {
            uint32_t mid = begin + width < n ? begin + width : n, end = mid + width < n ? mid + width : n;
            uint32_t a = begin, b = mid;
            for (uint32_t k = begin; k < end; k++) {
                bool second = a >= mid || (b < end && goes_before(s, index[b], index[a]));
                room[k] = second ? index[b++] : index[a++];
            }
        }
        memcpy(index, room, n * sizeof *index);
    }
}

static enum status sort(struct call *c, const struct vec *const *args, uint32_t row, bool ascending, bool nulls_first, struct vec *out)
{
    struct list_view l = arg_list(args[0], row);
    struct sorting s = {l.elements, ascending, nulls_first};
    struct list_build build;
    uint32_t *index = ARENA_ARRAY(c->scratch, uint32_t, 2 * (size_t)l.count + 1);
    if (index == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < l.count; i++) index[i] = l.offset + i;
    sort_indexes(&s, index, index + l.count, l.count);
    TRY(list_open(&build, out, row, l.count));
    for (uint32_t i = 0; i < l.count; i++) TRY(list_add(&build, l.elements, index[i]));
    return list_close(&build);
}

static enum status sort1_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return sort(c, args, row, true, true, out);
}
KERNEL(sort1)
static enum status sort2_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    bool ascending = arg_bool(args[1], row);
    return sort(c, args, row, ascending, ascending, out);
}
KERNEL(sort2)
static enum status sort3_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return sort(c, args, row, arg_bool(args[1], row), arg_bool(args[2], row), out);
}
KERNEL(sort3)

static enum status bind_sort(struct func_bind *b)
{
    const struct type *element = NULL;
    kernel_fn kernels[] = {sort1_kernel, sort2_kernel, sort3_kernel};
    TRY(need_array(b, &element));
    if (!is_ordered(element)) return bind_wrong_types(b);
    TRY(bind_form(b, "aoo", RESULT_INT, kernels[b->arg_count - 1]));
    return bind_same(b, kernels[b->arg_count - 1]);
}

/* A NaN is neither larger nor smaller; nor is one zero than the other. */
static bool unordered(const struct vec *v, uint32_t i, uint32_t k)
{
    if (v->type->phys != PHYS_F64 && v->type->phys != PHYS_F32) return false;
    bool f32 = v->type->phys == PHYS_F32;
    double a = f32 ? (double)VEC_VALUE(v, float, i) : VEC_VALUE(v, double, i), b = f32 ? (double)VEC_VALUE(v, float, k) : VEC_VALUE(v, double, k);
    return !(a < b || a > b);
}

static enum status extreme(const struct vec *const *args, uint32_t row, int sign, struct vec *out)
{
    struct list_view l = arg_list(args[0], row);
    uint32_t best = UINT32_MAX;
    for (uint32_t i = l.offset; i < l.offset + l.count; i++) {
        if (vec_is_null(l.elements, i)) continue;
        if (best == UINT32_MAX || (!unordered(l.elements, i, best) && sign * vec_value_compare(l.elements, i, l.elements, best) > 0)) best = i;
    }
    return best == UINT32_MAX ? set_null(out, row) : vec_copy_value(out, row, l.elements, best);
}

static enum status max_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return extreme(args, row, 1, out);
}
KERNEL(max)
static enum status min_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return extreme(args, row, -1, out);
}
KERNEL(min)

static enum status bind_extreme(struct func_bind *b, kernel_fn kernel)
{
    const struct type *element = NULL;
    TRY(need_array(b, &element));
    if (!is_ordered(element)) return bind_wrong_types(b);
    return typed(b, type_nullable(b->types, element, true), kernel);
}
static enum status bind_max(struct func_bind *b) { return bind_extreme(b, max_kernel); }
static enum status bind_min(struct func_bind *b) { return bind_extreme(b, min_kernel); }

/* ---- several arrays ---------------------------------------------------------------------------------------------------- */

static enum status union_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct list_view lists[2] = {arg_list(args[0], row), arg_list(args[1], row)};
    struct list_build build;
    TRY(list_open(&build, out, row, lists[0].count + lists[1].count));
    for (int k = 0; k < 2; k++) {
        for (uint32_t i = lists[k].offset; i < lists[k].offset + lists[k].count; i++) {
            if (!list_has(&build, lists[k].elements, i)) TRY(list_add(&build, lists[k].elements, i));
        }
    }
    return list_close(&build);
}
KERNEL(union)

/* Distinct elements of the first that are (or are not) in the second. */
static enum status filter_by(const struct vec *const *args, uint32_t row, bool in_second, struct vec *out)
{
    struct list_view l = arg_list(args[0], row), other = arg_list(args[1], row);
    struct list_build build;
    TRY(list_open(&build, out, row, l.count));
    for (uint32_t i = l.offset; i < l.offset + l.count; i++) {
        bool found = list_find(&other, l.elements, i) != UINT32_MAX;
        if (found == in_second && !list_has(&build, l.elements, i)) TRY(list_add(&build, l.elements, i));
    }
    return list_close(&build);
}
static enum status except_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return filter_by(args, row, false, out);
}
KERNEL(except)
static enum status intersect_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return filter_by(args, row, true, out);
}
KERNEL(intersect)

static enum status concat_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    uint32_t arrays = *(const uint32_t *)c->impl->prepared;
    struct list_build build;
    uint64_t room = 0;
    for (uint32_t k = 0; k < arrays; k++) room += arg_list(args[k], row).count;
    if (room > UINT32_MAX / 4) return call_row_error(c, out, row, "ARRAY_CONCAT: the result is too large");
    TRY(list_open(&build, out, row, (uint32_t)room));
    for (uint32_t k = 0; k < arrays; k++) {
        struct list_view l = arg_list(args[k], row);
        for (uint32_t i = l.offset; i < l.offset + l.count; i++) TRY(list_add(&build, l.elements, i));
    }
    return list_close(&build);
}
KERNEL(concat)

static enum status bind_arrays(struct func_bind *b, kernel_fn kernel)
{
    const struct type *common = NULL;
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (b->args[i]->type->root != TYPE_ARRAY) return bind_wrong_types(b);
    }
    TRY(bind_list_common(b, 0, 1, &common));
    uint32_t *count = ARENA_NEW(b->arena, uint32_t);
    if (count == NULL) return error_no_memory(b->error, sizeof *count);
    *count = b->arg_count;
    b->impl.prepared = count;
    return typed(b, type_nullable(b->types, common, bind_any_nullable(b)), kernel);
}
static enum status bind_union(struct func_bind *b) { return bind_arrays(b, union_kernel); }
static enum status bind_except(struct func_bind *b) { return bind_arrays(b, except_kernel); }
static enum status bind_intersect(struct func_bind *b) { return bind_arrays(b, intersect_kernel); }
static enum status bind_concat(struct func_bind *b) { return bind_arrays(b, concat_kernel); }

/* ---- ARRAY_JOIN ------------------------------------------------------------------------------------------------------------ */

static enum status join(struct call *c, const struct vec *const *args, uint32_t row, const struct vec *nulls, struct vec *out)
{
    struct list_view l = arg_list(args[0], row);
    struct str separator = arg_str(args[1], row);
    bool first = true;
    buf_reset(c->text);
    for (uint32_t i = l.offset; i < l.offset + l.count; i++) {
        bool null = vec_is_null(l.elements, i);
        if (null && nulls == NULL) continue;
        if (!first) buf_str(c->text, separator);
        buf_str(c->text, null ? arg_str(nulls, row) : arg_str(l.elements, i));
        first = false;
    }
    return set_text(c, out, row);
}
static enum status join2_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return join(c, args, row, NULL, out);
}
KERNEL(join2)
static enum status join3_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return join(c, args, row, args[2], out);
}
KERNEL(join3)

static enum status bind_join(struct func_bind *b)
{
    const struct type *element = NULL;
    TRY(need_array(b, &element));
    if (!type_is_text(element)) return bind_wrong_types(b);
    return bind_form(b, "ass", RESULT_STRING, b->arg_count == 2 ? join2_kernel : join3_kernel);
}

static const struct func rows_of_array[] = {
    ROW_OF("ARRAY_APPEND", 2, 2, FUNC_NOT_STRICT, append, "ARRAY_APPEND(a ARRAY, e)", "With an element at the end.",
           "ARRAY_APPEND(ARRAY[1], 2) = ARRAY[1, 2]"),
    ROW_OF("ARRAY_CONCAT", 1, 255, FUNC_CAN_FAIL, concat, "ARRAY_CONCAT(a ARRAY, b ARRAY, ...)", "One array behind the other.",
           "ARRAY_CONCAT(ARRAY[1], ARRAY[2]) = ARRAY[1, 2]"),
    ROW_OF("ARRAY_CONTAINS", 2, 2, FUNC_NOT_STRICT, contains, "ARRAY_CONTAINS(a ARRAY, e) -> BOOLEAN", "Is e in a?",
           "ARRAY_CONTAINS(ARRAY[1, 2], 2) = TRUE"),
    ROW_OF("ARRAY_DISTINCT", 1, 1, 0, distinct, "ARRAY_DISTINCT(a ARRAY)", "Each element once.",
           "ARRAY_DISTINCT(ARRAY[1, 2, 1]) = ARRAY[1, 2]"),
    ROW_OF("ARRAY_EXCEPT", 2, 2, 0, except, "ARRAY_EXCEPT(a ARRAY, b ARRAY)", "Distinct elements of a that are not in b.",
           "ARRAY_EXCEPT(ARRAY[1, 2], ARRAY[2]) = ARRAY[1]"),
    ROW_OF("ARRAY_INTERSECT", 2, 2, 0, intersect, "ARRAY_INTERSECT(a ARRAY, b ARRAY)", "Distinct elements of a that are in b.",
           "ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2]) = ARRAY[2]"),
    ROW_OF("ARRAY_JOIN", 2, 3, 0, join, "ARRAY_JOIN(a ARRAY<STRING>, separator STRING[, null STRING]) -> STRING", "Elements as one text.",
           "ARRAY_JOIN(ARRAY['a', 'b'], ',') = 'a,b'"),
    ROW_OF("ARRAY_MAX", 1, 1, 0, max, "ARRAY_MAX(a ARRAY)", "The largest element.", "ARRAY_MAX(ARRAY[1, 3, 2]) = 3"),
    ROW_OF("ARRAY_MIN", 1, 1, 0, min, "ARRAY_MIN(a ARRAY)", "The smallest element.", "ARRAY_MIN(ARRAY[1, 3, 2]) = 1"),
    ROW_OF("ARRAY_POSITION", 2, 2, 0, position, "ARRAY_POSITION(a ARRAY, e) -> INT", "Index of e from 1; 0: it is not there.",
           "ARRAY_POSITION(ARRAY[1, 2], 2) = 2"),
    ROW_OF("ARRAY_PREPEND", 2, 2, FUNC_NOT_STRICT, prepend, "ARRAY_PREPEND(a ARRAY, e)", "With an element at the beginning.",
           "ARRAY_PREPEND(ARRAY[2], 1) = ARRAY[1, 2]"),
    ROW_OF("ARRAY_REMOVE", 2, 2, FUNC_NOT_STRICT, remove, "ARRAY_REMOVE(a ARRAY, e)", "Without the elements equal to e.",
           "ARRAY_REMOVE(ARRAY[1, 2, 2], 2) = ARRAY[1]"),
    ROW_OF("ARRAY_REVERSE", 1, 1, 0, reverse, "ARRAY_REVERSE(a ARRAY)", "Elements in reverse order.",
           "ARRAY_REVERSE(ARRAY[1, 2]) = ARRAY[2, 1]"),
    ROW_OF("ARRAY_SLICE", 2, 3, 0, slice, "ARRAY_SLICE(a ARRAY, from INT[, to INT])", "Elements from one index to another.",
           "ARRAY_SLICE(ARRAY[1, 2, 3], 2, 3) = ARRAY[2, 3]"),
    ROW_OF("ARRAY_SORT", 1, 3, 0, sort, "ARRAY_SORT(a ARRAY[, ascending BOOLEAN[, nulls_first BOOLEAN]])", "Elements in order.",
           "ARRAY_SORT(ARRAY[3, 1, 2]) = ARRAY[1, 2, 3]"),
    ROW_OF("ARRAY_UNION", 2, 2, 0, union, "ARRAY_UNION(a ARRAY, b ARRAY)", "Distinct elements of both.",
           "ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3]) = ARRAY[1, 2, 3]"),
};
FAMILY(array, rows_of_array);
