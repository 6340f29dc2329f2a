/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_json_make: JSON_OBJECT, JSON_ARRAY, JSON_STRING and JSON. A value that is itself a call of one of these
 * is JSON already and goes in as it is; any other text becomes a JSON string.
 *
 * JSON_OBJECT and JSON_ARRAY are called with the NULL clause in front: a BOOLEAN literal, true for ABSENT ON NULL.
 */
#include "func/func_json.h"

#include "func/json_tree.h"
#include "func/json_write.h"
#include "func/kernel.h"

#include <assert.h>

struct make_plan {
    uint32_t count; /* of arguments behind the clause */
    bool absent;    /* NULL values are left out */
    bool *raw;      /* per argument: JSON already */
};

/* Is this expression JSON, whatever it holds? A cast among texts changes nothing about that. */
static bool is_json(const struct expr *e)
{
    if (e->kind != EXPR_CALL) return false;
    struct str name = e->func->name;
    if (str_equal(name, STR("CAST")) && type_is_text(e->type)) return is_json(e->args[0]);
    return str_equal(name, STR("JSON_OBJECT")) || str_equal(name, STR("JSON_ARRAY")) || str_equal(name, STR("JSON"));
}

static enum status value_write(struct call *c, const struct vec *v, bool raw, uint32_t row, bool refuse_nan, const char **ret_failed)
{
    struct json_write w = {.out = c->text, .scratch = c->scratch, .refuse_nan = refuse_nan};
    if (raw && !vec_is_null(v, row)) buf_str(c->text, arg_str(v, row));
    else TRY(json_write_value(&w, v, row));
    *ret_failed = w.failed;
    return c->text->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status no_json(struct call *c, const char *why, uint32_t row, struct vec *out)
{
    return call_row_error(c, out, row, "JSON: %s", why);
}

/* ---- JSON_OBJECT, JSON_ARRAY -------------------------------------------------------------------------------------- */

static enum status object_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct make_plan *p = c->impl->prepared;
    const char *failed = NULL;
    uint32_t count = 0;
    struct json_member *members = ARENA_ARRAY(c->scratch, struct json_member, p->count / 2 + 1);
    if (members == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 1; i < p->count; i += 2) {
        if (vec_is_null(args[i], row)) return no_json(c, "a key is NULL", row, out);
        if (p->absent && vec_is_null(args[i + 1], row)) continue;
        members[count++] = (struct json_member){arg_str(args[i], row), i + 1};
    }
    json_members_sort(members, &count);
    buf_reset(c->text);
    buf_char(c->text, '{');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_char(c->text, ',');
        json_write_string(c->text, members[i].key);
        buf_char(c->text, ':');
        TRY(value_write(c, args[members[i].index], p->raw[members[i].index], row, false, &failed));
        if (failed != NULL) return no_json(c, failed, row, out);
    }
    buf_char(c->text, '}');
    return set_text(c, out, row);
}
KERNEL(object)

static enum status array_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct make_plan *p = c->impl->prepared;
    const char *failed = NULL;
    buf_reset(c->text);
    buf_char(c->text, '[');
    for (uint32_t i = 1; i <= p->count; i++) {
        if (p->absent && vec_is_null(args[i], row)) continue;
        if (c->text->size_bytes > 1) buf_char(c->text, ',');
        TRY(value_write(c, args[i], p->raw[i], row, false, &failed));
        if (failed != NULL) return no_json(c, failed, row, out);
    }
    buf_char(c->text, ']');
    return set_text(c, out, row);
}
KERNEL(array)

static enum status bind_make(struct func_bind *b, bool pairs, kernel_fn kernel)
{
    struct make_plan *p = ARENA_NEW(b->arena, struct make_plan);
    if (p == NULL || (p->raw = ARENA_ARRAY(b->arena, bool, b->arg_count)) == NULL) return error_no_memory(b->error, b->arg_count);
    const struct expr *clause = b->args[0];
    if (clause->kind != EXPR_LITERAL || clause->type->root != TYPE_BOOLEAN || (pairs && b->arg_count % 2 == 0)) {
        return error_at(b->error, STATUS_BUG, b->span, "A JSON constructor without the code of its NULL clause, or with half a pair");
    }
    assert(b->arg_count > 0);
    p->count = b->arg_count - 1;
    p->absent = VEC_DATA(clause->value, uint8_t)[0] != 0;
    for (uint32_t i = 1; i < b->arg_count; i++) {
        const struct expr *e = b->args[i];
        p->raw[i] = is_json(e);
        if (!pairs || i % 2 == 0) {
            TRY(json_write_check(e->type, e->span, b->error));
        } else if (e->type->nullable) {
            return error_at(b->error, STATUS_INVALID, e->span, "A key of JSON_OBJECT must not be NULL");
        } else if (!type_is_text(e->type)) {
            return error_at(b->error, STATUS_INVALID, e->span, "Expected a character type for a key of JSON_OBJECT");
        }
    }
    b->impl.prepared = p;
    b->impl.kernel = kernel;
    b->type = type_string(b->types, false);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}
static enum status bind_object(struct func_bind *b) { return bind_make(b, true, object_kernel); }
static enum status bind_array(struct func_bind *b) { return bind_make(b, false, array_kernel); }

/* ---- JSON_STRING, JSON ------------------------------------------------------------------------------------------- */

static enum status string_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct make_plan *p = c->impl->prepared;
    const char *failed = NULL;
    buf_reset(c->text);
    bool number = args[0]->type->phys == PHYS_F32 || args[0]->type->phys == PHYS_F64; /* inside of others a NaN is a text */
    TRY(value_write(c, args[0], p->raw[0], row, !p->absent && number, &failed));
    return failed != NULL ? no_json(c, failed, row, out) : set_text(c, out, row);
}
KERNEL(string)

static enum status bind_text(struct func_bind *b, bool nan_is_text)
{
    struct make_plan *p = ARENA_NEW(b->arena, struct make_plan);
    if (p == NULL || (p->raw = ARENA_ARRAY(b->arena, bool, 1)) == NULL) return error_no_memory(b->error, sizeof *p);
    if (b->args[0]->type->root == TYPE_NULL) TRY(bind_cast_arg(b, 0, type_string(b->types, true)));
    TRY(json_write_check(b->args[0]->type, b->args[0]->span, b->error));
    p->raw[0] = is_json(b->args[0]);
    p->absent = nan_is_text;
    b->impl.prepared = p;
    return bind_form(b, "a", RESULT_STRING, string_kernel);
}
static enum status bind_string(struct func_bind *b) { return bind_text(b, false); }
/* What the JSON aggregates collect; of a NULL nothing, or the text null. */
static enum status bind_value(struct func_bind *b) { return bind_text(b, true); }
static enum status bind_value_or_null(struct func_bind *b)
{
    TRY(bind_text(b, true));
    b->type = type_string(b->types, false);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status json_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct json_node *root = NULL;
    struct str s = arg_str(args[0], row);
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s = text_part(s, 1, s.size_bytes);
    if (s.size_bytes == 0) return set_null(out, row);
    TRY(json_tree_parse(c->scratch, s, &root));
    if (root == NULL) return call_row_error(c, out, row, "Invalid JSON string in JSON(value) function: \"%.*s\"", (int)(s.size_bytes > 200 ? 200 : s.size_bytes), s.at);
    buf_reset(c->text);
    json_tree_print(c->text, root);
    return set_text(c, out, row);
}
KERNEL(json)
BIND(json, "s", RESULT_STRING_NULL)

static const struct func rows_of_json_make[] = {
    ROW_OF("JSON_OBJECT", 1, 255, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_CAN_FAIL, object,
           "JSON_OBJECT([[KEY] key VALUE value, ...] [NULL|ABSENT ON NULL]) -> STRING", "A JSON object, its keys in order.",
           "JSON_OBJECT('b' VALUE 1, 'a' VALUE 'x') = '{\"a\":\"x\",\"b\":1}'"),
    ROW_OF("JSON_ARRAY", 1, 255, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_CAN_FAIL, array, "JSON_ARRAY([value, ...] [NULL|ABSENT ON NULL]) -> STRING",
           "A JSON array.", "JSON_ARRAY(1, 'a', TRUE) = '[1,\"a\",true]'"),
    ROW_OF("JSON_STRING", 1, 1, FUNC_CAN_FAIL, string, "JSON_STRING(value) -> STRING", "Any value as JSON.", "JSON_STRING(ARRAY[1, 2]) = '[1,2]'"),
    ROW_OF("$JSON_VALUE", 1, 1, FUNC_INTERNAL | FUNC_OPERATOR | FUNC_CAN_FAIL, value, "$JSON_VALUE(value) -> STRING", "Any value as JSON.", NULL),
    ROW_OF("$JSON_VALUE_OR_NULL", 1, 1, FUNC_INTERNAL | FUNC_OPERATOR | FUNC_CAN_FAIL | FUNC_NOT_STRICT, value_or_null,
           "$JSON_VALUE_OR_NULL(value) -> STRING", "Any value as JSON, NULL as null.", NULL),
    ROW_OF("JSON", 1, 1, FUNC_CAN_FAIL, json, "JSON(s STRING)", "A JSON text as it is, as a value of JSON_OBJECT or JSON_ARRAY.",
           "JSON_ARRAY(JSON('{\"a\": 1}')) = '[{\"a\":1}]'"),
};
FAMILY(json_make, rows_of_json_make);
