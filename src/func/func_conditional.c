/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_conditional: tests for null and truth, NOT, and the conditional functions, which are only
 * other words for CASE and COALESCE: they are bound to these, so that branches stay lazy.
 */
#include "func/kernel.h"

#include <assert.h>

/* ---- tests ------------------------------------------------------------------------------------------------ */

static enum status is_null_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, vec_is_null(args[0], row));
}
KERNEL(is_null)
BIND(is_null, "a", RESULT_BOOL_NOT_NULL)

static enum status is_not_null_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, !vec_is_null(args[0], row));
}
KERNEL(is_not_null)
BIND(is_not_null, "a", RESULT_BOOL_NOT_NULL)

static enum status is_true_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, !vec_is_null(args[0], row) && arg_bool(args[0], row));
}
KERNEL(is_true)
BIND(is_true, "o", RESULT_BOOL_NOT_NULL)

static enum status is_not_true_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, vec_is_null(args[0], row) || !arg_bool(args[0], row));
}
KERNEL(is_not_true)
BIND(is_not_true, "o", RESULT_BOOL_NOT_NULL)

static enum status is_false_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, !vec_is_null(args[0], row) && !arg_bool(args[0], row));
}
KERNEL(is_false)
BIND(is_false, "o", RESULT_BOOL_NOT_NULL)

static enum status is_not_false_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, vec_is_null(args[0], row) || arg_bool(args[0], row));
}
KERNEL(is_not_false)
BIND(is_not_false, "o", RESULT_BOOL_NOT_NULL)

static enum status bind_is_unknown(struct func_bind *b) { return bind_form(b, "o", RESULT_BOOL_NOT_NULL, is_null_kernel); }
static enum status bind_is_not_unknown(struct func_bind *b) { return bind_form(b, "o", RESULT_BOOL_NOT_NULL, is_not_null_kernel); }

static enum status not_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, !arg_bool(args[0], row));
}
KERNEL(not)
BIND(not, "o", RESULT_BOOL)

/* ---- conditional functions -------------------------------------------------------------------------------- */

static enum status make_special(struct func_bind *b, enum expr_kind kind, const struct type *type, struct expr *const *parts, uint32_t count)
{
    if (type == NULL) return error_no_memory(b->error, sizeof *type);
    struct expr **args = ARENA_ARRAY(b->arena, struct expr *, count);
    if (args == NULL) return error_no_memory(b->error, count * sizeof *args);
    memcpy(args, parts, count * sizeof *args);
    b->replacement = expr_special(b->arena, kind, type, args, count);
    return b->replacement == NULL ? error_no_memory(b->error, sizeof **parts) : STATUS_OK;
}

/* Casts the arguments from `first` on to their common type. */
static enum status to_common(struct func_bind *b, uint32_t first, const struct type **ret)
{
    const struct type *types[2] = {b->args[first]->type, b->args[first + 1]->type};
    const struct type *common = NULL;
    TRY(type_common(b->types, types, 2, &common));
    if (common == NULL || common->root == TYPE_NULL) return bind_wrong_types(b);
    TRY(bind_cast_arg(b, first, common));
    TRY(bind_cast_arg(b, first + 1, common));
    *ret = common;
    return STATUS_OK;
}

/* IF is NULL-able when its condition is: Flink's rule for a function over three arguments. */
static enum status bind_if(struct func_bind *b)
{
    const struct type *common = NULL;
    if (b->args[0]->type->root == TYPE_NULL) TRY(bind_cast_arg(b, 0, type_simple(b->types, TYPE_BOOLEAN, true)));
    if (b->args[0]->type->root != TYPE_BOOLEAN) return bind_wrong_types(b);
    bool narrow = b->args[1]->type->root == TYPE_FLOAT && b->args[2]->type->root == TYPE_DOUBLE;
    bool zones = type_is_timestamp(b->args[1]->type) && type_is_timestamp(b->args[2]->type) && !type_same(b->args[1]->type, b->args[2]->type);
    if (narrow || zones) TRY(bind_cast_arg(b, 2, b->args[1]->type)); /* the first of two such types, unlike CASE */
    TRY(to_common(b, 1, &common));
    return make_special(b, EXPR_CASE, type_nullable(b->types, common, bind_any_nullable(b)), b->args, 3);
}

static enum status bind_ifnull(struct func_bind *b)
{
    const struct type *common = NULL;
    bool nullable = b->args[0]->type->nullable && b->args[1]->type->nullable;
    for (uint32_t i = 0; i < 2; i++) { /* a DATE and a TIMESTAMP make a DATE */
        if (b->args[i]->type->root != TYPE_TIMESTAMP || b->args[1 - i]->type->root != TYPE_DATE) continue;
        TRY(bind_cast_arg(b, i, b->args[1 - i]->type));
    }
    const struct type *first = b->args[0]->type;
    struct expr *kept = b->args[0];
    TRY(to_common(b, 0, &common));
    if (!first->nullable) {
        b->replacement = type_is_text(first) ? kept : b->args[0];
        return STATUS_OK;
    }
    return make_special(b, EXPR_COALESCE, type_nullable(b->types, common, nullable), b->args, 2);
}

/* CASE WHEN a = b THEN NULL ELSE a END. */
static enum status bind_nullif(struct func_bind *b)
{
    struct expr *equal = NULL;
    const struct type *t = type_nullable(b->types, b->args[0]->type, true);
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    TRY(func_call_named(b->arena, b->types, b->session, "=", b->span, b->args, 2, &equal, b->error));
    struct expr *parts[3] = {equal, expr_null(b->arena, t), b->args[0]};
    if (parts[1] == NULL) return error_no_memory(b->error, sizeof *equal);
    return make_special(b, EXPR_CASE, t, parts, 3);
}

/* ---- about the session and types ------------------------------------------------------------------------------ */

static enum status current_database_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    return vec_set_str(out, row, c->context->current_database);
}
KERNEL(current_database)
BIND(current_database, "", RESULT_STRING)

/* The type's text is known at once: the call becomes a literal. */
static enum status bind_typeof(struct func_bind *b)
{
    struct buf text = BUF_INIT;
    bool serializable = false;
    if (b->arg_count == 2) {
        const struct expr *flag = b->args[1];
        if (flag->kind != EXPR_LITERAL || flag->type->root != TYPE_BOOLEAN || vec_is_null(flag->value, 0)) return bind_wrong_types(b);
        serializable = VEC_DATA(flag->value, const uint8_t)[0] != 0;
    }
    if (serializable) type_serializable(&text, b->args[0]->type);
    else type_summary(&text, b->args[0]->type);
    const struct type *t = type_string(b->types, true);
    struct str copy = text.failed ? (struct str){NULL, 0} : arena_str(b->arena, buf_view(&text));
    buf_deinit(&text);
    if (copy.at == NULL || t == NULL) return error_no_memory(b->error, sizeof *t);
    b->replacement = expr_str(b->arena, t, copy);
    return b->replacement == NULL ? error_no_memory(b->error, copy.size_bytes) : STATUS_OK;
}

static const struct func rows_of_conditional[] = {
    ROW_OF("IS NULL", 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT, is_null, "x IS NULL", "Is x NULL?", "CAST(NULL AS INT) IS NULL"),
    ROW_OF("IS NOT NULL", 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT, is_not_null, "x IS NOT NULL", "Is x not NULL?", "1 IS NOT NULL"),
    ROW_OF("IS TRUE", 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_TYPED_ARGS, is_true, "b IS TRUE", "Is b TRUE, not FALSE or UNKNOWN?", "(1 = 1) IS TRUE"),
    ROW_OF("IS NOT TRUE", 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_TYPED_ARGS, is_not_true, "b IS NOT TRUE", "Is b FALSE or UNKNOWN?", "CAST(NULL AS BOOLEAN) IS NOT TRUE"),
    ROW_OF("IS FALSE", 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_TYPED_ARGS, is_false, "b IS FALSE", "Is b FALSE, not TRUE or UNKNOWN?", "(1 = 2) IS FALSE"),
    ROW_OF("IS NOT FALSE", 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT | FUNC_TYPED_ARGS, is_not_false, "b IS NOT FALSE", "Is b TRUE or UNKNOWN?", "CAST(NULL AS BOOLEAN) IS NOT FALSE"),
    ROW_OF("IS UNKNOWN", 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT, is_unknown, "b IS UNKNOWN", "Is b UNKNOWN?", "CAST(NULL AS BOOLEAN) IS UNKNOWN"),
    ROW_OF("IS NOT UNKNOWN", 1, 1, FUNC_OPERATOR | FUNC_NOT_STRICT, is_not_unknown, "b IS NOT UNKNOWN", "Is b TRUE or FALSE?", "(1 = 2) IS NOT UNKNOWN"),
    ROW_OF("NOT", 1, 1, FUNC_OPERATOR | FUNC_TYPED_ARGS, not, "NOT b", "TRUE for FALSE and the reverse.", "NOT FALSE"),
    ROW_OF("IF", 3, 3, FUNC_TYPED_ARGS, if, "IF(condition BOOLEAN, a, b)", "a if the condition is TRUE, else b.", "IF(TRUE, 1, 2) = 1"),
    ROW_OF("IFNULL", 2, 2, 0, ifnull, "IFNULL(a, b)", "a, or b if a is NULL.", "IFNULL(CAST(NULL AS INT), 5) = 5"),
    ROW_OF("NULLIF", 2, 2, 0, nullif, "NULLIF(a, b)", "NULL if a = b, else a.", "NULLIF(5, 0) = 5"),
    ROW_OF("CURRENT_DATABASE", 0, 0, 0, current_database, "CURRENT_DATABASE() -> STRING", "The session's database.",
           "CURRENT_DATABASE() = 'default_database'"),
    ROW_OF("TYPEOF", 1, 2, FUNC_NOT_STRICT, typeof, "TYPEOF(x[, serializable BOOLEAN]) -> STRING", "The text of x's type.",
           "TYPEOF(1) = 'INT NOT NULL'"),
};
FAMILY_TITLED(conditional, "Conditions and types", rows_of_conditional);
