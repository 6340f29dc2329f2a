/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_json: JSON_VALUE, JSON_QUERY, JSON_EXISTS and IS JSON. A literal path is compiled when
 * the call is bound; a document is read into a tree in the batch's scratch memory.
 *
 * Without a mode a path is strict: what it does not find is an error, for ON ERROR to decide; in lax
 * mode it is empty, for ON EMPTY.
 */
#include "func/func_json.h"

#include "func/json_path.h"
#include "func/list_kernel.h"
#include "type/number.h"

#include <assert.h>

struct json_plan {
    const struct json_path *path; /* of a literal; NULL: the path is read in each row */
    enum json_on on_empty, on_error;
    enum json_wrapper wrapper;
};

struct answer {
    enum json_found found;
    struct json_node *node; /* when something was found */
    bool lax;
};

/* Looks the path up in a document. */
static enum status look_up(struct call *c, const struct json_plan *p, const struct vec *const *args, uint32_t row, struct answer *ret)
{
    struct json_node *root = NULL;
    const struct json_path *path = p->path;
    TRY(json_tree_parse(c->scratch, arg_str(args[0], row), &root));
    if (path == NULL) TRY(json_path_compile(c->scratch, arg_str(args[1], row), &path, c->error));
    ret->lax = json_path_is_lax(path);
    return json_path_find(c->scratch, path, root, &ret->found, &ret->node);
}

static bool no_input(const struct vec *const *args, uint32_t row) { return vec_is_null(args[1], row) || vec_is_null(args[0], row); }

/* An array's elements as texts. */
static enum status set_list(struct call *c, const struct json_node *array, struct vec *out, uint32_t row)
{
    struct list_build build;
    uint32_t count = 0;
    for (const struct json_node *n = array == NULL ? NULL : array->first; n != NULL; n = n->next) count++;
    TRY(list_open(&build, out, row, count));
    struct vec *elements = out->children[0];
    for (const struct json_node *n = array == NULL ? NULL : array->first; n != NULL; n = n->next) {
        uint32_t at = build.offset + build.count++;
        if (n->kind == JSON_NULL) {
            vec_set_null(elements, at);
            continue;
        }
        buf_reset(c->text);
        if (n->kind == JSON_STRING) buf_str(c->text, n->text);
        else json_tree_print(c->text, n);
        vec_set_valid(elements, at);
        TRY(set_text(c, elements, at));
    }
    return list_close(&build);
}

/* What the clause says, when there is no value. */
static enum status otherwise(struct call *c, enum json_on on, const struct vec *value, const char *what, struct vec *out, uint32_t row)
{
    switch (on) {
    case JSON_ON_ERROR: return call_row_error(c, out, row, "%s", what);
    case JSON_ON_DEFAULT: return vec_copy_value(out, row, value, row);
    case JSON_ON_EMPTY_ARRAY: return out->type->root == TYPE_ARRAY ? set_list(c, NULL, out, row) : set_view(out, row, STR("[]"));
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

/* VARCHAR(n) keeps n characters. */
static enum status set_cut(struct call *c, struct str s, struct vec *out, uint32_t row)
{
    if (c->text->failed) return STATUS_NO_MEMORY;
    if (s.size_bytes > (size_t)out->type->length) s.size_bytes = utf8_offset(s, (size_t)out->type->length);
    return vec_set_str(out, row, s);
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
        if (n->kind != JSON_NUMBER || is_whole(n->text) || n->boolean) return wrong_class(c, n, out, row);
        if (!double_parse(n->text, &VEC_DATA(out, double)[row])) return set_null(out, row);
        return STATUS_OK;
    default: break;
    }
    buf_reset(c->text);
    if (n->kind == JSON_STRING) return set_cut(c, n->text, out, row);
    json_tree_print(c->text, n);
    return set_cut(c, buf_view(c->text), out, row);
}

static enum status value_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct json_plan *p = c->impl->prepared;
    struct answer a = {0};
    if (no_input(args, row)) return set_null(out, row);
    TRY(look_up(c, p, args, row, &a));
    bool scalar = a.node != NULL && a.node->kind != JSON_ARRAY && a.node->kind != JSON_OBJECT;
    if (a.found == JSON_FOUND && !scalar) a.found = a.lax ? JSON_EMPTY : JSON_FAILED;
    if (a.found == JSON_EMPTY) return otherwise(c, p->on_empty, args[3], "Empty result of JSON_VALUE function is not allowed", out, row);
    if (a.found == JSON_FAILED) return otherwise(c, p->on_error, args[4], "JSON_VALUE: the document is no JSON or the path leads to no scalar", out, row);
    return set_scalar(c, a.node, out, row);
}
KERNEL(value)

/* ---- JSON_QUERY, JSON_EXISTS ----------------------------------------------------------------------------------- */

static enum status set_json(struct call *c, const struct json_node *n, bool wrapped, struct vec *out, uint32_t row)
{
    buf_reset(c->text);
    if (wrapped) buf_char(c->text, '[');
    json_tree_print(c->text, n);
    if (wrapped) buf_char(c->text, ']');
    return set_cut(c, buf_view(c->text), out, row);
}

static enum status query_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct json_plan *p = c->impl->prepared;
    struct answer a = {0};
    if (no_input(args, row)) return set_null(out, row);
    TRY(look_up(c, p, args, row, &a));
    bool found = a.found == JSON_FOUND, list = out->type->root == TYPE_ARRAY;
    bool wrapped = found && (p->wrapper == JSON_WRAPPER || (p->wrapper == JSON_CONDITIONAL_WRAPPER && a.node->kind != JSON_ARRAY));
    if (found && !wrapped && a.node->kind != JSON_ARRAY && a.node->kind != JSON_OBJECT) a.found = a.lax ? JSON_EMPTY : JSON_FAILED;
    if (a.found == JSON_FOUND && list && !wrapped && a.node->kind != JSON_ARRAY) a.found = JSON_FAILED;
    if (a.found == JSON_EMPTY) return otherwise(c, p->on_empty, args[3], "Empty result of JSON_QUERY function is not allowed", out, row);
    if (a.found == JSON_FAILED) return otherwise(c, p->on_error, args[4], "JSON_QUERY: the document is no JSON or the path leads to no array or object", out, row);
    struct json_node array = {.kind = JSON_ARRAY, .first = a.node};
    if (!list) return set_json(c, a.node, wrapped, out, row);
    if (wrapped) a.node->next = NULL;
    return set_list(c, wrapped ? &array : a.node, out, row);
}
KERNEL(query)

static enum status exists_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct json_plan *p = c->impl->prepared;
    struct answer a = {0};
    if (no_input(args, row)) return set_null(out, row);
    TRY(look_up(c, p, args, row, &a));
    if (a.found == JSON_FAILED) return otherwise(c, p->on_error, args[4], "JSON_EXISTS: the document is no JSON or the path leads nowhere", out, row);
    return set_bool(out, row, a.found == JSON_FOUND);
}
KERNEL(exists)

/* ---- binding ------------------------------------------------------------------------------------------------------ */

/* DEFAULT x: as the type asked for; a truth value becomes a text as Java writes it. */
static enum status bind_default(struct func_bind *b, uint32_t i, const struct type *type)
{
    bool truth = b->args[i]->type->root == TYPE_BOOLEAN && type_is_text(type);
    TRY(bind_cast_arg(b, i, type));
    if (!truth) return STATUS_OK;
    return func_call_named(b->arena, b->types, b->session, "LOWER", b->args[i]->span, &b->args[i], 1, &b->args[i], b->error);
}

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
    if (type->root == TYPE_ARRAY && (p->on_empty == JSON_ON_EMPTY_OBJECT || p->on_error == JSON_ON_EMPTY_OBJECT)) {
        return error_at(b->error, STATUS_INVALID, b->span, "An array cannot be EMPTY OBJECT ON EMPTY or ON ERROR: use EMPTY ARRAY or NULL");
    }
    if (p->on_empty == JSON_ON_DEFAULT) TRY(bind_default(b, 3, type));
    if (p->on_error == JSON_ON_DEFAULT) TRY(bind_default(b, 4, type));
    b->impl.prepared = p;
    b->type = type;
    return STATUS_OK;
}

static enum status bind_value(struct func_bind *b)
{
    const struct type *t = b->target == NULL ? type_string(b->types, true) : type_nullable(b->types, b->target, true);
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    if (t->root == TYPE_VARCHAR || t->root == TYPE_INT || t->root == TYPE_DOUBLE || t->root == TYPE_BOOLEAN) return bind_json(b, t, value_kernel);
    struct buf text = BUF_INIT;
    type_plain(&text, t);
    error_at(b->error, STATUS_INVALID, b->span, "Unsupported type '%.*s' for RETURNING in JSON_VALUE().", (int)text.size_bytes, text.at == NULL ? "" : text.at);
    buf_deinit(&text);
    return STATUS_INVALID;
}

static enum status bind_query(struct func_bind *b)
{
    const struct type *t = b->target == NULL ? type_string(b->types, true) : type_nullable(b->types, b->target, true);
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    bool list = t->root == TYPE_ARRAY && type_is_text(t->children[0].type);
    if (type_is_text(t) || list) return bind_json(b, t, query_kernel);
    struct buf text = BUF_INIT;
    type_plain(&text, t);
    error_at(b->error, STATUS_INVALID, b->span, "Unsupported type '%.*s' for RETURNING in JSON_QUERY().", STR_ARG(buf_view(&text)));
    buf_deinit(&text);
    return STATUS_INVALID;
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

#define IS_JSON(name, text) ROW_OF(name, 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT, is_json, "s " name, "Is s a JSON text of this kind?", text " " name)

static const struct func rows_of_json[] = {
    ROW_OF("JSON_VALUE", 5, 5, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_CAN_FAIL, value,
           "JSON_VALUE(s STRING, path [RETURNING type] [NULL|ERROR|DEFAULT x ON EMPTY] [... ON ERROR])", "A scalar of a JSON text.", "JSON_VALUE('{\"a\": 1}', '$.a') = '1'"),
    ROW_OF("JSON_QUERY", 5, 5, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_CAN_FAIL, query,
           "JSON_QUERY(s STRING, path [WITH [CONDITIONAL] WRAPPER] [NULL|EMPTY ARRAY|EMPTY OBJECT|ERROR ON EMPTY] [... ON ERROR])",
           "A part of a JSON text, as JSON.", "JSON_QUERY('{\"a\": [1, 2]}', '$.a') = '[1,2]'"),
    ROW_OF("JSON_EXISTS", 5, 5, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_CAN_FAIL, exists,
           "JSON_EXISTS(s STRING, path [TRUE|FALSE|UNKNOWN|ERROR ON ERROR]) -> BOOLEAN", "Does the path lead to a value?", "JSON_EXISTS('{\"a\": 1}', '$.a')"),
    IS_JSON("IS JSON", "'[1]'"), IS_JSON("IS JSON VALUE", "'1'"), IS_JSON("IS JSON OBJECT", "'{}'"), IS_JSON("IS JSON ARRAY", "'[1]'"), IS_JSON("IS JSON SCALAR", "'1'"),
    IS_JSON("IS NOT JSON", "'x'"), IS_JSON("IS NOT JSON VALUE", "'x'"), IS_JSON("IS NOT JSON OBJECT", "'[1]'"), IS_JSON("IS NOT JSON ARRAY", "'{}'"), IS_JSON("IS NOT JSON SCALAR", "'[1]'"),
};
FAMILY_TITLED(json, "JSON", rows_of_json);
