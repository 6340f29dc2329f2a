/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_special: the expressions with a grammar of their own: BETWEEN, IN, CASE, CAST, LIKE, EXTRACT,
 * TRIM and the like, constructors and element access. Most become a call of a row of the function
 * table; BETWEEN, IN and CASE become AND, OR and CASE nodes, so that they evaluate only what they need.
 */
#include "plan/bind.h"
#include "type/int128.h"

#include <assert.h>

enum { ARGUMENTS_MAX = 65536 };

enum status bind_field(struct binder *b, struct expr *row, struct str name, struct span span, struct expr **ret);

/* All arguments, with room for `front` more before them. */
static enum status bind_arguments(struct expr_scope *s, const struct ast_expr *e, uint32_t front, struct expr ***ret, uint32_t *ret_count) {
    uint32_t n = e->arguments.count;
    if (n > ARGUMENTS_MAX) return error_at(s->binder->rel.error, STATUS_LIMIT, e->span, "More than %d arguments", ARGUMENTS_MAX);
    struct expr **args = ARENA_ARRAY(s->binder->rel.arena, struct expr *, n + front);
    if (args == NULL) return error_no_memory(s->binder->rel.error, n * sizeof *args);
    for (uint32_t i = 0; i < n; i++) TRY(bind_expr(s, e->arguments.at[i], &args[front + i]));
    *ret = args;
    *ret_count = n + front;
    return STATUS_OK;
}

static enum status logic(struct expr_scope *s, enum expr_kind kind, struct expr **args, uint32_t count, struct expr **ret) {
    bool nullable = false;
    for (uint32_t i = 0; i < count; i++) nullable |= args[i]->type->nullable;
    *ret = count == 1 ? args[0]
                      : expr_special(s->binder->rel.arena, kind, type_simple(s->binder->rel.types, TYPE_BOOLEAN, nullable), args, count);
    return *ret == NULL ? error_no_memory(s->binder->rel.error, sizeof **ret) : STATUS_OK;
}

static enum status negate(struct expr_scope *s, const struct ast_expr *e, struct expr *x, struct expr **ret) {
    *ret = x;
    return e->negated ? bind_named(s, "NOT", e->span, &x, 1, ret) : STATUS_OK;
}

static enum status compare(struct expr_scope *s, const char *op, struct span span, struct expr *a, struct expr *b, struct expr **ret) {
    struct expr *args[2] = {a, b};
    return bind_named(s, op, span, args, 2, ret);
}

/* NOT BETWEEN is not the negation for what is not a number: neither holds of NaN. */
static enum status between(struct expr_scope *s, const struct ast_expr *e, struct expr *x, struct expr *low, struct expr *high, struct expr **ret) {
    struct expr *both[2];
    TRY(compare(s, e->negated ? "<" : ">=", e->span, x, low, &both[0]));
    TRY(compare(s, e->negated ? ">" : "<=", e->span, x, high, &both[1]));
    return logic(s, e->negated ? EXPR_OR : EXPR_AND, both, 2, ret);
}

static enum status bind_between(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct expr **a = NULL, *either[2];
    uint32_t n = 0;
    TRY(bind_arguments(s, e, 0, &a, &n));
    assert(n == 3);
    TRY(between(s, e, a[0], a[1], a[2], &either[0]));
    if (e->symmetric) {
        TRY(between(s, e, a[0], a[2], a[1], &either[1]));
        TRY(logic(s, e->negated ? EXPR_AND : EXPR_OR, either, 2, &either[0]));
    }
    *ret = either[0];
    return STATUS_OK;
}

/*
 * Flink casts each element of a list to the type of the left side, if that is another kind of type: 2 IN (2.5) holds.
 * The elements have a type in common all the same.
 */
static enum status cast_in_list(struct expr_scope *s, const struct ast_expr *e, struct expr **a, uint32_t n) {
    struct binder *b = s->binder;
    const struct type *left = a[0]->type, *common = NULL;
    const struct type **types = ARENA_ARRAY(b->rel.arena, const struct type *, n);
    if (types == NULL) return error_no_memory(b->rel.error, n * sizeof *types);
    for (uint32_t i = 1; i < n; i++) types[i - 1] = a[i]->type;
    TRY(type_common(b->rel.types, types, n - 1, &common));
    if (common == NULL) {
        error_at(b->rel.error, STATUS_INVALID, e->span, "Values in the list of IN must have compatible types");
        return error_hint(b->rel.error, "Write a CAST, so that all have one type");
    }
    for (uint32_t i = 1; i < n; i++) {
        const struct type *t = a[i]->type;
        bool plain = (type_is_numeric(left) || type_is_text(left)) && (type_is_numeric(t) || type_is_text(t));
        if (!plain || t->root == left->root || (type_is_text(left) && type_is_text(t))) continue;
        const struct type *target = type_nullable(b->rel.types, left, t->nullable);
        if (target == NULL) return error_no_memory(b->rel.error, sizeof *target);
        TRY(bind_cast(s, a[i], target, false, a[i]->span, &a[i]));
    }
    return STATUS_OK;
}

static enum status bind_in(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct expr **a = NULL;
    uint32_t n = 0;
    TRY(bind_arguments(s, e, 0, &a, &n));
    assert(n >= 2);
    const char *op = e->negated ? "<>" : "=";
    TRY(cast_in_list(s, e, a, n));
    struct expr **tests = ARENA_ARRAY(s->binder->rel.arena, struct expr *, n - 1);
    if (tests == NULL) return error_no_memory(s->binder->rel.error, n * sizeof *tests);
    bool plain = !a[0]->type->nullable;
    for (uint32_t i = 1; i < n; i++) {
        plain &= !a[i]->type->nullable;
        TRY(compare(s, op, e->span, a[0], a[i], &tests[i - 1]));
    }
    TRY(logic(s, e->negated ? EXPR_AND : EXPR_OR, tests, n - 1, ret));
    /* An element too large for the type of the left side becomes NULL there: neither IN nor NOT IN holds. */
    bool narrow = plain && a[0]->type->root == TYPE_DECIMAL;
    return narrow ? bind_named(s, "IS TRUE", e->span, ret, 1, ret) : STATUS_OK;
}

/* Makes "when, then, ..., else" of either form of CASE. */
static enum status case_arms(struct expr_scope *s, const struct ast_expr *e, struct expr **a, uint32_t n, struct expr ***ret, uint32_t *ret_count) {
    struct binder *b = s->binder;
    struct expr **arms = ARENA_ARRAY(b->rel.arena, struct expr *, n + 1);
    if (arms == NULL) return error_no_memory(b->rel.error, n * sizeof *arms);
    uint32_t at = e->simple ? 1 : 0, count = 0;
    uint32_t end = e->has_else ? n - 1 : n;
    for (; at + 2 <= end; at += 2) {
        arms[count] = a[at];
        if (e->simple) TRY(compare(s, "=", e->span, a[0], a[at], &arms[count]));
        if (arms[count]->type->root != TYPE_BOOLEAN && arms[count]->type->root != TYPE_NULL) {
            return error_at(b->rel.error, STATUS_INVALID, a[at]->span, "CASE WHEN needs a condition");
        }
        arms[count + 1] = a[at + 1];
        count += 2;
    }
    arms[count++] = e->has_else ? a[n - 1] : expr_null(b->rel.arena, type_null(b->rel.types));
    *ret = arms;
    *ret_count = count;
    return STATUS_OK;
}

static enum status bind_case(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr **a = NULL, **arms = NULL;
    uint32_t n = 0, count = 0;
    TRY(bind_arguments(s, e, 0, &a, &n));
    TRY(case_arms(s, e, a, n, &arms, &count));
    struct expr **values = ARENA_ARRAY(b->rel.arena, struct expr *, count);
    if (values == NULL) return error_no_memory(b->rel.error, count * sizeof *values);
    uint32_t value_count = 0;
    for (uint32_t i = 1; i < count; i += 2) values[value_count++] = arms[i];
    values[value_count++] = arms[count - 1];
    const struct type *t = NULL;
    TRY(bind_common(s, "The branches of CASE", e->span, values, value_count, &t));
    if (t->root == TYPE_NULL) return error_at(b->rel.error, STATUS_INVALID, e->span, "ELSE clause or at least one THEN clause must be non-NULL");
    for (uint32_t i = 0; i + 1 < value_count; i++) arms[2 * i + 1] = values[i];
    arms[count - 1] = values[value_count - 1];
    *ret = expr_special(b->rel.arena, EXPR_CASE, t, arms, count);
    return STATUS_OK;
}

static enum status bind_like(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct expr **a = NULL, *x = NULL;
    uint32_t n = 0;
    TRY(bind_arguments(s, e, 0, &a, &n));
    TRY(bind_no_null(s, a, n));
    TRY(bind_named(s, str_equal(e->text, STR("LIKE")) ? "LIKE" : "SIMILAR TO", e->span, a, n, &x));
    return negate(s, e, x, ret);
}

/* Flink's planner reads a literal number in the written unit, while a column's number counts milliseconds or months. */
static struct expr *interval_of_literal(struct binder *b, const struct ast_expr *e, const struct expr *x, const struct type *t) {
    static const struct { const char *unit; int64_t size; } units[] = {{"YEAR", 12}, {"MONTH", 1}, {"DAY", 86400000}, {"HOUR", 3600000}, {"MINUTE", 60000}, {"SECOND", 1000}};
    if (x->kind != EXPR_LITERAL || vec_is_null(x->value, 0) || (!type_is_integer(x->type) && x->type->root != TYPE_DECIMAL)) return NULL;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!str_equal_ignore_case(e->type->name, str_of(units[i].unit))) continue;
        i128 value = x->type->phys == PHYS_I32 ? VEC_DATA(x->value, int32_t)[0] : x->type->phys == PHYS_I64 ? VEC_DATA(x->value, int64_t)[0] : VEC_DATA(x->value, i128)[0];
        if (value > INT64_MAX || value < INT64_MIN) return NULL;
        value *= units[i].size;
        for (int32_t scale = x->type->root == TYPE_DECIMAL ? x->type->scale : 0; scale > 0; scale--) value /= 10;
        if (value > INT64_MAX || value < INT64_MIN) return NULL;
        return expr_i64(b->rel.arena, t, t->phys == PHYS_I64 ? (int64_t)value : (int32_t)(uint32_t)(uint64_t)value);
    }
    return NULL;
}

/* A number has one unit of an interval, not several. */
static enum status check_interval_cast(struct binder *b, const struct ast_expr *e, const struct type *from, const struct type *to) {
    bool several = memchr(e->type->name.at, ' ', e->type->name.size_bytes) != NULL;
    if (!type_is_interval(to) || !type_is_numeric(from) || !several) return STATUS_OK;
    struct buf text = BUF_INIT;
    type_plain(&text, from);
    error_at(b->rel.error, STATUS_INVALID, e->span, "Cast function cannot convert value of type %.*s to type INTERVAL %.*s", STR_ARG(buf_view(&text)), STR_ARG(e->type->name));
    buf_deinit(&text);
    return error_hint(b->rel.error, "Cast to an interval of one unit, such as INTERVAL DAY or INTERVAL SECOND(3)");
}

static enum status bind_cast_expr(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    const struct type *t = NULL;
    struct expr *x = NULL;
    bool try_cast = str_equal(e->text, STR("TRY_CAST"));
    TRY(bind_expr(s, e->arguments.at[0], &x));
    TRY(bind_type(s->binder, e->type, &t));
    TRY(check_interval_cast(s->binder, e, x->type, t));
    /* What a query computes has times of milliseconds at most. */
    if (t->root == TYPE_TIME && t->precision > 3) t = type_time(s->binder->rel.types, TYPE_TIME, 3, true);
    if (t != NULL) t = type_nullable(s->binder->rel.types, t, try_cast || x->type->nullable);
    if (t == NULL) return error_no_memory(s->binder->rel.error, sizeof *t);
    const struct ast_expr *written = e->arguments.at[0];
    if (written->kind == AST_UNARY && written->op == AST_OP_MINUS) written = written->arguments.at[0];
    if (written->kind == AST_LITERAL && !try_cast && type_is_interval(t) && (*ret = interval_of_literal(s->binder, e, x, t)) != NULL) return STATUS_OK;
    return bind_cast(s, x, t, try_cast, e->span, ret);
}

/* A call whose first argument, or whose last, is a word of the grammar. */
static enum status bind_with_word(struct expr_scope *s, const struct ast_expr *e, const char *name, struct str word, bool last, struct expr **ret) {
    struct expr **a = NULL;
    uint32_t n = 0;
    TRY(bind_arguments(s, e, 1, &a, &n));
    struct expr *w = bind_text(s->binder, word);
    if (w == NULL) return error_no_memory(s->binder->rel.error, sizeof *w);
    if (last) {
        for (uint32_t i = 0; i + 1 < n; i++) a[i] = a[i + 1];
        a[n - 1] = w;
    } else {
        a[0] = w;
    }
    return bind_named(s, name, e->span, a, n, ret);
}

static enum status bind_trim(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct expr **a = NULL;
    uint32_t n = 0;
    TRY(bind_arguments(s, e, 2, &a, &n));
    a[0] = bind_text(s->binder, e->text.size_bytes == 0 ? STR("BOTH") : e->text);
    a[1] = bind_text(s->binder, STR(" "));
    if (n == 4) {
        a[1] = a[2];
        a[2] = a[3];
    }
    if (a[0] == NULL || a[1] == NULL) return error_no_memory(s->binder->rel.error, sizeof **a);
    return bind_named(s, "TRIM", e->span, a, 3, ret);
}

static enum status bind_plain_call(struct expr_scope *s, const struct ast_expr *e, const char *name, struct expr **ret) {
    struct expr **a = NULL;
    uint32_t n = 0;
    TRY(bind_arguments(s, e, 0, &a, &n));
    return bind_named(s, name, e->span, a, n, ret);
}

/* (a, b) OVERLAPS (c, d), the ends in any order or as lengths: each begins before the other ends. */
static enum status bind_overlaps(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct expr **a = NULL, *both[2];
    uint32_t n = 0;
    TRY(bind_arguments(s, e, 0, &a, &n));
    assert(n == 4);
    for (uint32_t i = 0; i < 4; i += 2) {
        struct expr *ordered = NULL, *low[3], *high[3];
        const struct type *t = NULL;
        if (type_is_interval(a[i + 1]->type)) {
            struct expr *sum[2] = {a[i], a[i + 1]};
            TRY(bind_named(s, "+", e->span, sum, 2, &a[i + 1]));
        }
        TRY(bind_common(s, "The ends of a period in OVERLAPS", e->span, &a[i], 2, &t));
        TRY(compare(s, "<=", e->span, a[i], a[i + 1], &ordered));
        low[0] = high[0] = ordered;
        low[1] = high[2] = a[i];
        low[2] = high[1] = a[i + 1];
        a[i] = expr_special(s->binder->rel.arena, EXPR_CASE, t, low, 3);
        a[i + 1] = expr_special(s->binder->rel.arena, EXPR_CASE, t, high, 3);
        if (a[i] == NULL || a[i + 1] == NULL) return error_no_memory(s->binder->rel.error, sizeof **a);
    }
    TRY(compare(s, ">=", e->span, a[1], a[2], &both[0]));
    TRY(compare(s, ">=", e->span, a[3], a[0], &both[1]));
    return logic(s, EXPR_AND, both, 2, ret);
}

static enum status bind_distinct_from(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    return bind_plain_call(s, e, e->negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", ret);
}

static enum status bind_field_expr(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct expr *x = NULL;
    TRY(bind_expr(s, e->arguments.at[0], &x));
    return bind_field(s->binder, x, e->text, e->span, ret);
}

static enum status bind_constructor(struct expr_scope *s, const struct ast_expr *e, const char *name, struct expr **ret) {
    if (e->query != NULL) return bind_unsupported(s->binder, e->span, "a constructor over a sub-query");
    if (e->kind == AST_ROW) {
        struct expr **a = NULL;
        uint32_t n = 0;
        TRY(bind_arguments(s, e, 0, &a, &n));
        TRY(bind_no_null(s, a, n));
        return bind_named(s, name, e->span, a, n, ret);
    }
    return bind_plain_call(s, e, name, ret);
}

enum status bind_special(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    switch (e->kind) {
    case AST_BETWEEN: return bind_between(s, e, ret);
    case AST_IN_LIST: return bind_in(s, e, ret);
    case AST_CASE: return bind_case(s, e, ret);
    case AST_LIKE: return bind_like(s, e, ret);
    case AST_IS_DISTINCT: return bind_distinct_from(s, e, ret);
    case AST_CAST: return bind_cast_expr(s, e, ret);
    case AST_EXTRACT: return bind_with_word(s, e, "EXTRACT", e->text, false, ret);
    case AST_FLOOR_TO: return bind_with_word(s, e, str_equal(e->text, STR("FLOOR")) ? "FLOOR_TO" : "CEIL_TO", e->unit, true, ret);
    case AST_TIMESTAMP_UNIT:
        return bind_with_word(s, e, str_equal(e->text, STR("-")) ? "DIFFERENCE" : str_equal_ignore_case(e->text, STR("TIMESTAMPADD")) ? "TIMESTAMPADD" : "TIMESTAMPDIFF",
                              e->unit, false, ret);
    case AST_TRIM: return bind_trim(s, e, ret);
    case AST_SUBSTRING: return bind_plain_call(s, e, "SUBSTRING", ret);
    case AST_POSITION: return bind_plain_call(s, e, "POSITION", ret);
    case AST_OVERLAY: return bind_plain_call(s, e, "OVERLAY", ret);
    case AST_ROW: return bind_constructor(s, e, "ROW", ret);
    case AST_ARRAY: return bind_constructor(s, e, "ARRAY", ret);
    case AST_MAP: return bind_constructor(s, e, "MAP", ret);
    case AST_MULTISET: return bind_constructor(s, e, "MULTISET", ret);
    case AST_ITEM: return bind_plain_call(s, e, "ITEM", ret);
    case AST_FIELD: return bind_field_expr(s, e, ret);
    case AST_OVERLAPS: return bind_overlaps(s, e, ret);
    case AST_IN_QUERY: return bind_unsupported(b, e->span, "IN with a sub-query (semi and anti joins)");
    case AST_EXISTS: return bind_unsupported(b, e->span, "EXISTS (semi and anti joins)");
    case AST_SUBQUERY: return bind_unsupported(b, e->span, "a scalar sub-query (joins)");
    case AST_QUANTIFIED: return bind_unsupported(b, e->span, "SOME, ANY and ALL comparisons");
    case AST_JSON_CALL: return bind_json_call(s, e, ret);
    case AST_STAR: return error_at(b->rel.error, STATUS_INVALID, e->span, "* cannot stand in an expression");
    case AST_DESCRIPTOR: return error_at(b->rel.error, STATUS_INVALID, e->span, "DESCRIPTOR is an argument of table functions only");
    case AST_NAMED_ARGUMENT: return error_at(b->rel.error, STATUS_INVALID, e->span, "This function has no named arguments");
    case AST_TABLE_ARGUMENT: return error_at(b->rel.error, STATUS_INVALID, e->span, "TABLE is an argument of table functions only");
    case AST_DEFAULT: return error_at(b->rel.error, STATUS_INVALID, e->span, "DEFAULT can stand in VALUES of an INSERT only");
    default: return error_at(b->rel.error, STATUS_BUG, e->span, "The binder does not know this expression");
    }
}
