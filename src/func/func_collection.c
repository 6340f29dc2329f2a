/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_collection: making rows, arrays and maps, and getting at what is in them.
 */
#include "func/list_kernel.h"

#include <assert.h>
#include <stdio.h>

/* How many arguments a constructor has. */
static enum status prepare_count(struct func_bind *b)
{
    uint32_t *n = ARENA_NEW(b->arena, uint32_t);
    if (n == NULL) return error_no_memory(b->error, sizeof *n);
    *n = b->arg_count;
    b->impl.prepared = n;
    return STATUS_OK;
}
static uint32_t count_of(const struct call *c) { return *(const uint32_t *)c->impl->prepared; }

static enum status typed(struct func_bind *b, const struct type *t, kernel_fn kernel)
{
    b->type = t;
    b->impl.kernel = kernel;
    return t == NULL ? error_no_memory(b->error, sizeof *t) : STATUS_OK;
}

/* ---- constructors ------------------------------------------------------------------------------------------ */

static enum status row_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    uint32_t n = count_of(c);
    for (uint32_t i = 0; i < n; i++) TRY(vec_copy_value(out->children[i], row, args[i], row));
    return STATUS_OK;
}
KERNEL(row)

static enum status bind_row(struct func_bind *b)
{
    TRY(prepare_count(b));
    struct type_field *fields = ARENA_ARRAY(b->arena, struct type_field, b->arg_count);
    if (fields == NULL) return error_no_memory(b->error, b->arg_count * sizeof *fields);
    for (uint32_t i = 0; i < b->arg_count; i++) {
        fields[i].name = arena_format(b->arena, "EXPR$%u", i);
        fields[i].type = type_time_attr(b->types, b->args[i]->type, TIME_ATTR_NONE);
        if (fields[i].name.at == NULL || fields[i].type == NULL) return error_no_memory(b->error, sizeof *fields);
    }
    return typed(b, type_row(b->types, fields, b->arg_count, false), row_kernel);
}

static enum status array_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct list_build l;
    uint32_t n = count_of(c);
    TRY(list_open(&l, out, row, n));
    for (uint32_t i = 0; i < n; i++) TRY(list_add(&l, args[i], row));
    return list_close(&l);
}
KERNEL(array)

static enum status bind_array(struct func_bind *b)
{
    const struct type *element = NULL;
    TRY(prepare_count(b));
    TRY(bind_list_common(b, 0, 1, &element));
    if (element->root == TYPE_NULL && b->arg_count > 0) return bind_wrong_types(b);
    return typed(b, type_array(b->types, element, false), array_kernel);
}

static enum status map_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct list_build l;
    uint32_t n = count_of(c);
    TRY(list_open(&l, out, row, n / 2));
    for (uint32_t i = 0; i + 1 < n; i += 2) TRY(list_put(&l, args[i], row, args[i + 1], row));
    return list_close(&l);
}
KERNEL(map)

static enum status bind_map(struct func_bind *b)
{
    const struct type *key = NULL, *value = NULL;
    uint32_t nulls[2] = {0};
    if (b->arg_count % 2 != 0) {
        return error_at(b->error, STATUS_INVALID, b->span, "MAP requires an even number of arguments, but was given %u", b->arg_count);
    }
    TRY(prepare_count(b));
    for (uint32_t i = 0; i < b->arg_count; i++) nulls[i % 2] += b->args[i]->type->root == TYPE_NULL;
    if (nulls[0] > 0 || (nulls[1] > 0 && nulls[1] < b->arg_count / 2)) {
        error_at(b->error, STATUS_INVALID, b->span, "Keys, and values, of MAP must be of the same type");
        return error_hint(b->error, "A bare NULL has none: use CAST(NULL AS ...)");
    }
    TRY(bind_list_common(b, 0, 2, &key));
    TRY(bind_list_common(b, 1, 2, &value));
    if (value->root == TYPE_NULL) { /* nothing but NULLs: Flink gives them the type of the keys */
        value = type_nullable(b->types, key, true);
        for (uint32_t i = 1; value != NULL && i < b->arg_count; i += 2) TRY(bind_cast_arg(b, i, value));
    }
    return typed(b, type_map(b->types, key, value, false), map_kernel);
}

/* ---- access -------------------------------------------------------------------------------------------------- */

static enum status array_item_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct list_view l = arg_list(args[0], row);
    int32_t index = arg_int(args[1], row);
    (void)c;
    if (index < 1 || (uint32_t)index > l.count) return set_null(out, row);
    return vec_copy_value(out, row, l.elements, l.offset + (uint32_t)index - 1);
}
KERNEL(array_item)

static enum status map_item_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct list_view l = arg_list(args[0], row);
    uint32_t at = list_find(&l, args[1], row);
    (void)c;
    return at == UINT32_MAX ? set_null(out, row) : vec_copy_value(out, row, l.values, l.offset + at);
}
KERNEL(map_item)

static enum status bind_array_item(struct func_bind *b)
{
    int64_t index = 1;
    const struct type *element = b->args[0]->type->children[0].type;
    if (b->args[1]->type->root != TYPE_INT) {
        (void)bind_wrong_types(b);
        return error_hint(b->error, "An index must be an INT: use CAST(... AS INT)");
    }
    if (bind_literal_i64(b, 1, &index) && index < 1) {
        return error_at(b->error, STATUS_INVALID, b->args[1]->span, "Array element access needs an index starting at 1 but was %lld.",
                        (long long)index);
    }
    TRY(bind_form(b, "ai", RESULT_INT, array_item_kernel));
    return typed(b, type_nullable(b->types, element, true), array_item_kernel);
}

/* row[2], row['name']: the field at a literal index from 1, or of a name. */
static enum status bind_row_item(struct func_bind *b)
{
    int64_t index = 0;
    struct str name;
    const struct type *t = b->args[0]->type;
    if (bind_literal_str(b, 1, &name)) {
        for (uint32_t i = 0; i < t->child_count; i++) index = str_equal(t->children[i].name, name) ? i + 1 : index;
        if (index == 0) return error_at(b->error, STATUS_NOT_FOUND, b->args[1]->span, "There is no field '%.*s'", STR_ARG(name));
    } else if (!bind_literal_i64(b, 1, &index)) {
        return bind_wrong_types(b);
    }
    if (index < 1 || index > t->child_count) {
        return error_at(b->error, STATUS_INVALID, b->args[1]->span, "A ROW of %u fields has none at the index %lld", t->child_count, (long long)index);
    }
    const struct type *f = t->children[index - 1].type;
    f = type_nullable(b->types, f, f->nullable || t->nullable);
    b->replacement = f == NULL ? NULL : expr_special(b->arena, EXPR_FIELD, f, &b->args[0], 1);
    if (b->replacement == NULL) return error_no_memory(b->error, sizeof *f);
    b->replacement->index = (uint32_t)(index - 1);
    b->replacement->span = b->span;
    return STATUS_OK;
}

static enum status bind_item(struct func_bind *b)
{
    const struct type *t = b->args[0]->type;
    if (t->root == TYPE_ARRAY) return bind_array_item(b);
    if (t->root == TYPE_ROW) return bind_row_item(b);
    if (t->root != TYPE_MAP || b->args[1]->type->root == TYPE_NULL) return bind_wrong_types(b);
    const struct type *key = t->children[0].type;
    bool texts = type_is_text(b->args[1]->type) && type_is_text(key);
    const struct type *given = b->args[1]->type;
    bool plain = given->root != TYPE_DECIMAL && key->root != TYPE_DECIMAL;
    if (texts || (plain && type_is_numeric(given) && type_is_numeric(key))) TRY(bind_cast_arg(b, 1, key));
    else TRY(bind_element(b, 1, key));
    return typed(b, type_nullable(b->types, t->children[1].type, true), map_item_kernel);
}

static enum status cardinality_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_int(out, row, (int32_t)arg_list(args[0], row).count);
}
KERNEL(cardinality)

static enum status bind_cardinality(struct func_bind *b)
{
    if (b->args[0]->type->phys != PHYS_LIST) return bind_wrong_types(b);
    return bind_form(b, "a", RESULT_INT, cardinality_kernel);
}

static enum status element_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct list_view l = arg_list(args[0], row);
    if (l.count > 1) return call_row_error(c, out, row, "Array has more than one element.");
    return l.count == 0 ? set_null(out, row) : vec_copy_value(out, row, l.elements, l.offset);
}
KERNEL(element)

static enum status bind_element_of(struct func_bind *b)
{
    const struct type *t = b->args[0]->type;
    if (t->root != TYPE_ARRAY && t->root != TYPE_MULTISET) return bind_wrong_types(b);
    const struct type *element = t->children[0].type;
    return typed(b, type_nullable(b->types, element, element->nullable || t->nullable), element_kernel);
}

static const struct func rows_of_collection[] = {
    ROW_OF("ROW", 1, 255, FUNC_NOT_STRICT, row, "ROW(a, b, ...)", "A row of values.", "ROW(1, 'a') = ROW(1, 'a')"),
    ROW_OF("ARRAY", 1, 255, FUNC_NOT_STRICT | FUNC_OPERATOR, array, "ARRAY[a, b, ...]", "An array of values of one type.", "CARDINALITY(ARRAY[1, 2]) = 2"),
    ROW_OF("MAP", 2, 255, FUNC_NOT_STRICT | FUNC_OPERATOR, map, "MAP[key1, value1, key2, value2, ...]", "A map.", "MAP['a', 1, 'b', 2]['b'] = 2"),
    ROW_OF("ITEM", 2, 2, FUNC_OPERATOR, item, "array[index], map[key], row[index]",
           "The element or the field at an index from 1, the value of a key; NULL when there is none.", "ARRAY['a', 'b'][2] = 'b'"),
    ROW_OF("CARDINALITY", 1, 1, 0, cardinality, "CARDINALITY(x ARRAY|MAP|MULTISET) -> INT", "Number of elements.",
           "CARDINALITY(ARRAY[1, 2]) = 2"),
    ROW_OF("ELEMENT", 1, 1, FUNC_CAN_FAIL, element_of, "ELEMENT(a ARRAY)", "The only element of an array.", "ELEMENT(ARRAY[1]) = 1"),
};
FAMILY_TITLED(collection, "Arrays, maps and rows", rows_of_collection);
