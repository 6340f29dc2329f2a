/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_json: JSON_VALUE, JSON_QUERY, JSON_EXISTS and IS JSON. The path is a literal and compiled when
 * the call is bound; a document is read into a tree in the batch's scratch memory.
 *
 * Without a mode a path is strict: what it does not find is an error, for ON ERROR to decide; in lax
 * mode it is empty, for ON EMPTY.
 */
#include "func/func_json.h"

#include "func/json_tree.h"
#include "func/kernel.h"
#include "type/number.h"

#include <assert.h>

struct json_plan {
    const struct json_path *path; /* NULL: the path is NULL */
    enum json_on on_empty, on_error;
    enum json_wrapper wrapper;
};

enum answer { ANSWER_VALUE, ANSWER_EMPTY, ANSWER_ERROR };

/* Looks the path up in a document. *ret is NULL unless there is a value (which may be a JSON null). */
static enum status look_up(struct call *c, const struct json_plan *p, struct str text, struct json_node **ret, enum answer *ret_answer)
{
    struct json_node *root = NULL;
    *ret = NULL;
    *ret_answer = ANSWER_ERROR;
    TRY(json_tree_parse(c->scratch, text, &root));
    if (root == NULL) return STATUS_OK;
    TRY(json_path_find(c->scratch, p->path, root, ret));
    bool lax = json_path_is_lax(p->path);
    *ret_answer = *ret != NULL ? ANSWER_VALUE : lax ? ANSWER_EMPTY : ANSWER_ERROR;
    return STATUS_OK;
}

static bool no_input(const struct json_plan *p, const struct vec *const *args, uint32_t row)
{
    return p->path == NULL || vec_is_null(args[0], row);
}

/* What the clause says, when there is no value. */
static enum status otherwise(struct call *c, enum json_on on, const struct vec *value, const char *what, struct vec *out, uint32_t row)
{
    switch (on) {
    case JSON_ON_ERROR: return call_row_error(c, out, row, "%s", what);
    case JSON_ON_DEFAULT: return vec_copy_value(out, row, value, row);
    case JSON_ON_EMPTY_ARRAY: return set_view(out, row, STR("[]"));
    case JSON_ON_EMPTY_OBJECT: return set_view(out, row, STR("{}"));
    case JSON_ON_TRUE: return set_bool(out, row, true);
    case JSON_ON_FALSE: return set_bool(out, row, false);
    case JSON_ON_NULL: break;
    }
    return set_null(out, row);
}

/* ---- JSON_VALUE --------------------------------------------------------------------------------------------- */

static enum status wrong_class(struct call *c, const struct json_node *n, struct vec *out, uint32_t row)
{
    buf_reset(c->text);
    json_tree_print(c->text, n);
    return call_row_error(c, out, row, "JSON_VALUE: %.*s is no value of the RETURNING type", (int)(c->text->size_bytes > 100 ? 100 : c->text->size_bytes),
                          c->text->at == NULL ? "" : c->text->at);
}

static bool is_whole(struct str number)
{
    for (size_t i = 0; i < number.size_bytes; i++) {
        if (number.at[i] == '.' || (number.at[i] | 32) == 'e') return false;
    }
    return true;
}

/* No conversion but to text: RETURNING must name the class that the value has in Flink. */
static enum status set_scalar(struct call *c, const struct json_node *n, struct vec *out, uint32_t row)
{
    int64_t whole;
    switch (out->type->root) {
    case TYPE_BOOLEAN: return n->kind == JSON_BOOL ? set_bool(out, row, n->boolean) : wrong_class(c, n, out, row);
    case TYPE_INT:
        if (n->kind != JSON_NUMBER || !is_whole(n->text) || !i64_parse(n->text, INT32_MIN, INT32_MAX, &whole)) return wrong_class(c, n, out, row);
        return set_int(out, row, (int32_t)whole);
    case TYPE_DOUBLE:
        if (n->kind != JSON_NUMBER || is_whole(n->text)) return wrong_class(c, n, out, row);
        if (!double_parse(n->text, &VEC_DATA(out, double)[row])) return set_null(out, row);
        return STATUS_OK;
    default: break;
    }
    if (n->kind == JSON_STRING) return vec_set_str(out, row, n->text);
    buf_reset(c->text);
    json_tree_print(c->text, n);
    return set_text(c, out, row);
}

static enum status value_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct json_plan *p = c->impl->prepared;
    struct json_node *n;
    enum answer answer;
    if (no_input(p, args, row)) return set_null(out, row);
    TRY(look_up(c, p, arg_str(args[0], row), &n, &answer));
    bool lax = p->path != NULL && json_path_is_lax(p->path);
    bool scalar = n != NULL && n->kind != JSON_ARRAY && n->kind != JSON_OBJECT;
    if (answer == ANSWER_VALUE && !scalar) answer = lax ? ANSWER_EMPTY : ANSWER_ERROR;
    if (answer == ANSWER_VALUE && n->kind == JSON_NULL && lax) answer = ANSWER_EMPTY;
    if (answer == ANSWER_EMPTY) return otherwise(c, p->on_empty, args[3], "Empty result of JSON_VALUE function is not allowed", out, row);
    if (answer == ANSWER_ERROR) return otherwise(c, p->on_error, args[4], "JSON_VALUE: the document is no JSON or the path leads to no scalar", out, row);
    return n->kind == JSON_NULL ? set_null(out, row) : set_scalar(c, n, out, row);
}
KERNEL(value)

/* ---- JSON_QUERY, JSON_EXISTS ----------------------------------------------------------------------------------- */

static enum status set_json(struct call *c, const struct json_node *n, bool wrapped, struct vec *out, uint32_t row)
{
    buf_reset(c->text);
    if (wrapped) buf_char(c->text, '[');
    json_tree_print(c->text, n);
    if (wrapped) buf_char(c->text, ']');
    return set_text(c, out, row);
}

static enum status query_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct json_plan *p = c->impl->prepared;
    struct json_node *n;
    enum answer answer;
    if (no_input(p, args, row)) return set_null(out, row);
    TRY(look_up(c, p, arg_str(args[0], row), &n, &answer));
    bool lax = json_path_is_lax(p->path);
    if (answer == ANSWER_VALUE && n->kind == JSON_NULL) answer = lax ? ANSWER_EMPTY : ANSWER_ERROR;
    bool wrapped = answer == ANSWER_VALUE && (p->wrapper == JSON_WRAPPER || (p->wrapper == JSON_CONDITIONAL_WRAPPER && n->kind != JSON_ARRAY));
    bool scalar = answer == ANSWER_VALUE && !wrapped && n->kind != JSON_ARRAY && n->kind != JSON_OBJECT;
    if (scalar) answer = lax ? ANSWER_EMPTY : ANSWER_ERROR;
    if (answer == ANSWER_EMPTY) return otherwise(c, p->on_empty, args[3], "Empty result of JSON_QUERY function is not allowed", out, row);
    if (answer == ANSWER_ERROR) return otherwise(c, p->on_error, args[4], "JSON_QUERY: the document is no JSON or the path leads to no array or object", out, row);
    return set_json(c, n, wrapped, out, row);
}
KERNEL(query)

static enum status exists_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct json_plan *p = c->impl->prepared;
    struct json_node *n;
    enum answer answer;
    if (no_input(p, args, row)) return set_null(out, row);
    TRY(look_up(c, p, arg_str(args[0], row), &n, &answer));
    if (answer == ANSWER_ERROR) return otherwise(c, p->on_error, args[4], "JSON_EXISTS: the document is no JSON or the path leads nowhere", out, row);
    return set_bool(out, row, answer == ANSWER_VALUE && n->kind != JSON_NULL);
}
KERNEL(exists)

/* ---- binding ------------------------------------------------------------------------------------------------------ */

static enum status bind_json(struct func_bind *b, const struct type *type, kernel_fn kernel)
{
    int64_t code;
    struct str path;
    struct json_plan *p = ARENA_NEW(b->arena, struct json_plan);
    if (p == NULL || type == NULL) return error_no_memory(b->error, sizeof *p);
    TRY(bind_form(b, "ssi", RESULT_STRING_NULL, kernel));
    if (!bind_literal_i64(b, 2, &code)) return error_at(b->error, STATUS_BUG, b->span, "A JSON function without the code of its clauses");
    p->on_empty = (enum json_on)(code & 15);
    p->on_error = (enum json_on)(code >> 4 & 15);
    p->wrapper = (enum json_wrapper)(code >> 8);
    if (bind_literal_str(b, 1, &path)) TRY(json_path_compile(b->arena, path, &p->path, b->error));
    else if (b->args[1]->kind != EXPR_LITERAL) return error_at(b->error, STATUS_UNSUPPORTED, b->args[1]->span, "A JSON path must be a literal");
    if (p->on_empty == JSON_ON_DEFAULT) TRY(bind_cast_arg(b, 3, type));
    if (p->on_error == JSON_ON_DEFAULT) TRY(bind_cast_arg(b, 4, type));
    b->impl.prepared = p;
    b->type = type;
    return STATUS_OK;
}

static enum status bind_value(struct func_bind *b)
{
    const struct type *t = b->target == NULL ? type_string(b->types, true) : type_nullable(b->types, b->target, true);
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    if (type_is_text(t) || t->root == TYPE_INT || t->root == TYPE_DOUBLE || t->root == TYPE_BOOLEAN) return bind_json(b, t, value_kernel);
    struct buf text = BUF_INIT;
    type_plain(&text, t);
    error_at(b->error, STATUS_INVALID, b->span, "Unsupported type '%.*s' for RETURNING in JSON_VALUE().", (int)text.size_bytes, text.at == NULL ? "" : text.at);
    buf_deinit(&text);
    return STATUS_INVALID;
}

static enum status bind_query(struct func_bind *b)
{
    const struct type *t = b->target == NULL ? type_string(b->types, true) : type_nullable(b->types, b->target, true);
    if (t != NULL && !type_is_text(t)) return error_at(b->error, STATUS_UNSUPPORTED, b->span, "JSON_QUERY RETURNING another type than STRING is not supported");
    return bind_json(b, t, query_kernel);
}

static enum status bind_exists(struct func_bind *b) { return bind_json(b, type_simple(b->types, TYPE_BOOLEAN, true), exists_kernel); }

/* ---- IS JSON --------------------------------------------------------------------------------------------------------- */

/* Which documents a test is true for, as bits of enum json_kind; and whether it is negated. */
struct json_test {
    uint32_t kinds;
    bool negated;
};

static enum status is_json_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct json_test *t = c->impl->prepared;
    struct json_node *root = NULL;
    if (!vec_is_null(args[0], row)) TRY(json_tree_parse(c->scratch, arg_str(args[0], row), &root));
    bool is = root != NULL && (t->kinds >> root->kind & 1) != 0;
    return set_bool(out, row, is != t->negated);
}
KERNEL(is_json)

static bool ends_with(struct str s, const char *word)
{
    size_t n = strlen(word);
    return s.size_bytes >= n && memcmp(s.at + s.size_bytes - n, word, n) == 0;
}

/* The function's own name says what it tests. */
static enum status bind_is_json(struct func_bind *b)
{
    struct json_test *t = ARENA_NEW(b->arena, struct json_test);
    struct str name = b->func->name;
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    uint32_t array = 1u << JSON_ARRAY, object = 1u << JSON_OBJECT, scalar = 1u << JSON_NULL | 1u << JSON_BOOL | 1u << JSON_NUMBER | 1u << JSON_STRING;
    t->kinds = ends_with(name, "ARRAY") ? array : ends_with(name, "OBJECT") ? object : ends_with(name, "SCALAR") ? scalar : array | object | scalar;
    t->negated = memcmp(name.at, "IS NOT", 6) == 0;
    b->impl.prepared = t;
    return bind_form(b, "s", RESULT_BOOL_NOT_NULL, is_json_kernel);
}

#define IS_JSON(name) ROW_OF(name, 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT, is_json, "s " name, "Is s a JSON text of this kind?", NULL)

static const struct func rows_of_json[] = {
    ROW_OF("JSON_VALUE", 5, 5, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_CAN_FAIL, value,
           "JSON_VALUE(s STRING, path [RETURNING type] [NULL|ERROR|DEFAULT x ON EMPTY] [... ON ERROR])", "A scalar of a JSON text.", NULL),
    ROW_OF("JSON_QUERY", 5, 5, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_CAN_FAIL, query,
           "JSON_QUERY(s STRING, path [WITH [CONDITIONAL] WRAPPER] [NULL|EMPTY ARRAY|EMPTY OBJECT|ERROR ON EMPTY] [... ON ERROR])",
           "A part of a JSON text, as JSON.", NULL),
    ROW_OF("JSON_EXISTS", 5, 5, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_CAN_FAIL, exists,
           "JSON_EXISTS(s STRING, path [TRUE|FALSE|UNKNOWN|ERROR ON ERROR]) -> BOOLEAN", "Does the path lead to a value?", NULL),
    IS_JSON("IS JSON"), IS_JSON("IS JSON VALUE"), IS_JSON("IS JSON OBJECT"), IS_JSON("IS JSON ARRAY"), IS_JSON("IS JSON SCALAR"),
    IS_JSON("IS NOT JSON"), IS_JSON("IS NOT JSON VALUE"), IS_JSON("IS NOT JSON OBJECT"), IS_JSON("IS NOT JSON ARRAY"),
    IS_JSON("IS NOT JSON SCALAR"),
};
FAMILY(json, rows_of_json);
