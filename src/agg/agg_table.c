/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of aggregate functions: result types as Flink reports them, and which implementation
 * serves which argument type, with and without retractions.
 */
#include "agg/agg_impls.h"

/* ---- result types ---- */

static enum status wrong_types(struct agg_bind *b) {
    struct buf types = BUF_INIT;
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (i > 0) buf_text(&types, ", ");
        type_plain(&types, b->args[i]->type);
    }
    struct str name = b->func->name;
    enum status status =
        error_at(b->error, STATUS_INVALID, b->span,
                 "%.*s does not take (%.*s)", STR_ARG(name), STR_ARG(buf_view(&types)));
    buf_deinit(&types);
    error_hint(b->error, "Write %s", b->func->signature);
    return status;
}

static enum status set_type(struct agg_bind *b, const struct type *t) {
    b->type = t;
    return t == NULL ? error_no_memory(b->error, 1) : STATUS_OK;
}

/* Nullable unless every group has a value: the argument is NOT NULL and there is a key. */
static bool null_if_empty(const struct agg_bind *b) {
    return b->args[0]->type->nullable || !b->grouped;
}

static enum status bind_count(struct agg_bind *b) {
    if (b->arg_count > 1 && b->distinct)
        return error_at(b->error, STATUS_UNSUPPORTED, b->span,
                        "COUNT of several columns is not supported, as in Flink");
    return set_type(b, type_simple(b->types, TYPE_BIGINT, false));
}

static enum status bind_sum(struct agg_bind *b) {
    const struct type *arg = b->args[0]->type;
    if (!type_is_numeric(arg))
        return wrong_types(b);
    bool nullable = b->func->name.at[0] != '$' && null_if_empty(b);
    if (arg->root == TYPE_DECIMAL)
        return set_type(b,
                        type_decimal(b->types, TYPE_DECIMAL_PRECISION_MAX, arg->scale, nullable));
    return set_type(b, type_nullable(b->types, arg, nullable));
}

static enum status bind_avg(struct agg_bind *b) {
    const struct type *arg = b->args[0]->type;
    if (!type_is_numeric(arg)) return wrong_types(b);
    bool nullable = null_if_empty(b);
    if (arg->root == TYPE_DECIMAL)
        return set_type(b, type_decimal(b->types, TYPE_DECIMAL_PRECISION_MAX,
                                        arg->scale > 6 ? arg->scale : 6, nullable));
    return set_type(b, type_nullable(b->types, arg, nullable));
}

static bool comparable(const struct type *t) {
    switch (t->root) {
    case TYPE_BINARY:
    case TYPE_VARBINARY:
    case TYPE_INTERVAL_YM:
    case TYPE_INTERVAL_DT:
    case TYPE_ARRAY:
    case TYPE_MULTISET:
    case TYPE_MAP:
    case TYPE_ROW:
    case TYPE_NULL: return false;
    default: return true;
    }
}

static const char *root_text(const struct type *t) {
    if (t->root == TYPE_INTERVAL_DT) return "INTERVAL_DAY_TIME";
    return t->root == TYPE_INTERVAL_YM ? "INTERVAL_YEAR_MONTH" : type_root_name(t->root);
}

static enum status bind_extreme(struct agg_bind *b) {
    const struct type *arg = b->args[0]->type;
    if (!comparable(arg))
        return error_at(
            b->error, STATUS_UNSUPPORTED, b->span,
            "%.*s does not take (%s)", STR_ARG(b->func->name), root_text(arg));
    const struct type *t = type_time_attr(b->types, arg, TIME_ATTR_NONE);
    return set_type(b, t == NULL ? NULL : type_nullable(b->types, t, null_if_empty(b)));
}

static enum status bind_value(struct agg_bind *b) {
    const struct type *t = type_time_attr(b->types, b->args[0]->type, TIME_ATTR_NONE);
    return set_type(b, t == NULL ? NULL : type_nullable(b->types, t, null_if_empty(b)));
}

static enum status bind_single(struct agg_bind *b) {
    return set_type(b, type_nullable(b->types, b->args[0]->type, true));
}

static enum status bind_listagg(struct agg_bind *b) {
    if (!type_is_text(b->args[0]->type)) return wrong_types(b);
    if (b->arg_count == 2 && !(type_is_text(b->args[1]->type) && b->args[1]->kind == EXPR_LITERAL))
        return wrong_types(b);
    return set_type(b, b->args[0]->type);
}

static enum status bind_collect(struct agg_bind *b) {
    return set_type(b, type_multiset(b->types, b->args[0]->type, false));
}

static enum status bind_array(struct agg_bind *b) {
    return set_type(b, type_array(b->types, b->args[0]->type, b->args[0]->type->nullable));
}

/* A percentage, or all elements of an array literal: in range where that is known now. */
static bool percentage_ok(const struct expr *e) {
    if (e->kind == EXPR_CALL && e->arg_count > 0 &&
        (str_equal(e->func->name, STR("ARRAY")) || str_equal(e->func->name, STR("CAST")))) {
        bool ok = true;
        for (uint32_t i = 0; i < e->arg_count; i++) ok = ok && percentage_ok(e->args[i]);
        return ok;
    }
    if (e->kind != EXPR_LITERAL || e->type->root == TYPE_ARRAY) return true;
    if (vec_is_null(e->value, 0)) return false;
    switch (e->type->phys) {
    case PHYS_I32: return VEC_VALUE(e->value, int32_t, 0) == 0 || VEC_VALUE(e->value, int32_t, 0) == 1;
    case PHYS_F64: return VEC_VALUE(e->value, double, 0) >= 0 && VEC_VALUE(e->value, double, 0) <= 1;
    case PHYS_I64: {
        int64_t one = 1, v = VEC_VALUE(e->value, int64_t, 0);
        for (int32_t i = 0; e->type->root == TYPE_DECIMAL && i < e->type->scale; i++) one *= 10;
        return v >= 0 && v <= one;
    }
    default: return true;
    }
}

static enum status cast_to(struct agg_bind *b, uint32_t i, const struct type *t) {
    if (t == NULL) return error_no_memory(b->error, 1);
    return func_cast(b->arena, b->types, b->session, b->args[i], t, false, b->args[i]->span, &b->args[i], b->error);
}

static enum status bind_percentile(struct agg_bind *b) {
    const struct type *p = b->args[1]->type;
    bool list = p->root == TYPE_ARRAY;
    const struct type *number = list ? p->children[0].type : p;
    bool ok = type_is_numeric(b->args[0]->type) && type_is_numeric(number) && !number->nullable && !p->nullable;
    if (b->arg_count == 3) ok = ok && type_is_integer(b->args[2]->type);
    if (!ok) return wrong_types(b);
    if (!percentage_ok(b->args[1]))
        return error_at(b->error, STATUS_INVALID, b->args[1]->span, "Percentage of PERCENTILE should be between [0.0, 1.0]");
    const struct type *real = type_simple(b->types, TYPE_DOUBLE, false);
    if (real == NULL) return error_no_memory(b->error, 1);
    TRY(cast_to(b, 0, type_nullable(b->types, real, b->args[0]->type->nullable)));
    TRY(cast_to(b, 1, list ? type_array(b->types, real, false) : real));
    if (b->arg_count == 3) TRY(cast_to(b, 2, type_simple(b->types, TYPE_BIGINT, b->args[2]->type->nullable)));
    real = type_nullable(b->types, real, true);
    return set_type(b, list ? type_array(b->types, real, true) : real);
}

/* The value is JSON already. */
static enum status bind_json_agg(struct agg_bind *b) {
    return set_type(b, type_text(b->types, TYPE_VARCHAR, 2000, false));
}

static enum status bind_approx(struct agg_bind *b) {
    return error_at(b->error, STATUS_UNSUPPORTED, b->span,
                    "APPROX_COUNT_DISTINCT aggregate function does not support yet for streaming. Use COUNT(DISTINCT x)");
}

/* ---- implementations ---- */

static enum status choose_count(const struct agg_call *c, const struct agg_impl **ret,
                                struct error *e) {
    (void)c;
    (void)e;
    *ret = &agg_count;
    return STATUS_OK;
}

static enum status choose_sum(const struct agg_call *c, const struct agg_impl **ret,
                              struct error *e) {
    (void)e;
    switch (c->arg_types[0]->root) {
    case TYPE_FLOAT: *ret = &agg_sum_float; break;
    case TYPE_DOUBLE: *ret = &agg_sum_double; break;
    case TYPE_DECIMAL: *ret = &agg_sum_decimal; break;
    default: *ret = &agg_sum_integer; break;
    }
    return STATUS_OK;
}

static enum status choose_avg(const struct agg_call *c, const struct agg_impl **ret,
                              struct error *e) {
    (void)e;
    switch (c->arg_types[0]->root) {
    case TYPE_FLOAT:
    case TYPE_DOUBLE: *ret = &agg_avg_double; break;
    case TYPE_DECIMAL: *ret = &agg_avg_decimal; break;
    default: *ret = &agg_avg_integer; break;
    }
    return STATUS_OK;
}

static enum status choose_variance(const struct agg_call *c, const struct agg_impl **ret,
                                   struct error *e) {
    (void)c;
    (void)e;
    *ret = &agg_variance;
    return STATUS_OK;
}

/* By how the value is kept; `retract` serves all types. */
static enum status choose_value(const struct agg_call *c, const struct agg_impl *word,
                                const struct agg_impl *wide, const struct agg_impl *blob,
                                const struct agg_impl *retract, const struct agg_impl **ret) {
    enum state_field_kind kind = slot_kind(c->arg_types[0]);
    *ret = c->retract && retract != NULL ? retract
           : kind == STATE_WORD          ? word
           : kind == STATE_WIDE          ? wide
                                         : blob;
    return STATUS_OK;
}

#define CHOOSE_VALUE(name, retract)                                                         \
    static enum status choose_##name(const struct agg_call *c, const struct agg_impl **ret, \
                                     struct error *e) {                                     \
        (void)e;                                                                            \
        return choose_value(c, &agg_##name##_word, &agg_##name##_wide, &agg_##name##_blob,  \
                            retract, ret);                                                  \
    }
CHOOSE_VALUE(min, &agg_min_retract)
CHOOSE_VALUE(max, &agg_max_retract)
CHOOSE_VALUE(first, &agg_first_retract)
CHOOSE_VALUE(last, &agg_last_retract)
CHOOSE_VALUE(single, NULL)

static enum status choose_listagg(const struct agg_call *c, const struct agg_impl **ret,
                                  struct error *e) {
    (void)e;
    *ret = c->retract ? &agg_listagg_retract : &agg_listagg;
    return STATUS_OK;
}

static enum status choose_collect(const struct agg_call *c, const struct agg_impl **ret,
                                  struct error *e) {
    (void)c;
    (void)e;
    *ret = &agg_collect;
    return STATUS_OK;
}

static enum status choose_array(const struct agg_call *c, const struct agg_impl **ret,
                                struct error *e) {
    (void)e;
    *ret = c->retract ? &agg_array_agg_retract : &agg_array_agg;
    return STATUS_OK;
}

static enum status choose_percentile(const struct agg_call *c, const struct agg_impl **ret,
                                     struct error *e) {
    (void)c;
    (void)e;
    *ret = &agg_percentile;
    return STATUS_OK;
}

static enum status choose_json_array(const struct agg_call *c, const struct agg_impl **ret,
                                     struct error *e) {
    (void)e;
    *ret = c->retract ? &agg_json_array_retract : &agg_json_array;
    return STATUS_OK;
}

static enum status choose_json_object(const struct agg_call *c, const struct agg_impl **ret,
                                      struct error *e) {
    (void)e;
    *ret = c->retract ? &agg_json_object_retract : &agg_json_object;
    return STATUS_OK;
}

/* ---- the table ---- */

#define AGG_ROW(id, text, min_, max_, bind_, choose_, signature_, doc_, example_) \
    static const struct agg_func func_##id = {.name = {text, sizeof(text) - 1},   \
                                              .arg_min = min_,                    \
                                              .arg_max = max_,                    \
                                              .bind = bind_,                      \
                                              .choose = choose_,                  \
                                              .signature = signature_,            \
                                              .doc = doc_,                        \
                                              .example = example_};
#include "agg/agg_funcs.def"
#undef AGG_ROW

static const struct agg_func *const table[] = {
#define AGG_ROW(id, text, min_, max_, bind_, choose_, signature_, doc_, example_) &func_##id,
#include "agg/agg_funcs.def"
#undef AGG_ROW
};

const struct agg_func *const *agg_table(uint32_t *ret_count) {
    *ret_count = sizeof table / sizeof table[0];
    return table;
}

const struct agg_func *agg_find(struct str name) {
    for (uint32_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (str_equal_ignore_case(table[i]->name, name)) return table[i];
    return NULL;
}
