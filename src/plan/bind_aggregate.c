/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_aggregate: aggregate calls inside SELECT, HAVING and ORDER BY, and the aggregate node they end
 * in. While items are bound, the result of the i-th distinct call is column BIND_AGG_BASE + i; once
 * all are known, a projection computes keys, arguments and filters below the aggregate, and
 * bind_ungrouped renumbers the items to its output. A column that is neither key nor inside an
 * aggregate is found there.
 */
#include "plan/bind.h"

#include <assert.h>

static bool same_item(const struct agg_item *a, const struct agg_item *b) {
    if (a->func != b->func || a->distinct != b->distinct || a->arg_count != b->arg_count) return false;
    if ((a->filter == NULL) != (b->filter == NULL)) return false;
    if (a->filter != NULL && !expr_equal(a->filter, b->filter)) return false;
    for (uint32_t i = 0; i < a->arg_count; i++) {
        if (!expr_equal(a->args[i], b->args[i]) || !expr_is_deterministic(a->args[i])) return false;
    }
    return true;
}

static enum status aggregate_arguments(struct expr_scope *s, const struct ast_expr *e, struct agg_item *it) {
    struct binder *b = s->binder;
    uint32_t n = e->arguments.count;
    const struct ast_expr *first = n > 0 ? e->arguments.at[0] : NULL;
    if (n == 1 && first->kind == AST_STAR && str_equal(it->func->name, STR("COUNT"))) n = 0;
    if (n > 4) return error_at(b->rel.error, STATUS_UNSUPPORTED, e->span, "%.*s with more than 4 arguments", STR_ARG(it->func->name));
    struct expr_scope inner = *s;
    if (s->inside != NULL) inner.scope = s->inside;
    inner.aggregates = NULL;
    inner.overs = NULL;
    inner.clause = "aggregate expression";
    for (uint32_t i = 0; i < n; i++) {
        TRY(bind_expr(&inner, e->arguments.at[i], &it->args[i]));
        it->args[i] = bind_plain(b, it->args[i]);
        if (it->args[i] == NULL) return error_no_memory(b->rel.error, sizeof(struct expr));
    }
    it->arg_count = n;
    if (n > 0) TRY(bind_no_null(&inner, it->args, n));
    if (e->kind == AST_JSON_CALL) TRY(bind_json_collected(&inner, e, it->args, n));
    if (e->ignore_nulls) TRY(bind_named(&inner, "IS NOT NULL", e->span, it->args, 1, &it->filter));
    if (e->filter == NULL) return STATUS_OK;
    inner.clause = "FILTER clause";
    struct expr *condition = NULL;
    TRY(bind_condition(&inner, e->filter, &condition));
    TRY(bind_named(&inner, "IS TRUE", e->filter->span, &condition, 1, &condition));
    struct expr *both[2] = {it->filter, condition};
    it->filter = it->filter == NULL ? condition : expr_special(b->rel.arena, EXPR_AND, condition->type, both, 2);
    return it->filter == NULL ? error_no_memory(b->rel.error, sizeof *condition) : STATUS_OK;
}

/* Functions that take, and leave unread, an order of their input. */
static bool takes_order(const struct agg_func *f) {
    return str_equal(f->name, STR("ARRAY_AGG")) || str_equal(f->name, STR("JSON_ARRAYAGG"));
}

/* What Flink's distinct sets cannot hold. */
static enum status check_distinct(struct binder *b, const struct agg_item *it) {
    for (uint32_t i = 0; it->distinct && i < it->arg_count; i++) {
        enum type_root root = it->args[i]->type->root;
        bool refused = root == TYPE_BINARY || root == TYPE_VARBINARY || root == TYPE_MAP || root == TYPE_MULTISET || root == TYPE_ROW;
        if (!refused || expr_is_literal(it->args[i])) continue;
        error_at(b->rel.error, STATUS_UNSUPPORTED, it->span, "Distinct aggregate function does not support type: %s", type_root_name(root));
        return error_hint(b->rel.error, "Make it a text first, for instance with CAST or JSON_STRING");
    }
    return STATUS_OK;
}

static enum status illegal_aggregate(struct expr_scope *s, const struct ast_expr *e) {
    struct error *error = s->binder->rel.error;
    if (strcmp(s->clause, "aggregate expression") == 0) {
        error_at(error, STATUS_INVALID, e->span, "Aggregate functions cannot be nested");
        return error_hint(error, "Aggregate in a sub-query first");
    }
    error_at(error, STATUS_INVALID, e->span, "%.*s is an aggregate function, which the %s cannot hold", STR_ARG(e->text), s->clause);
    if (strcmp(s->clause, "WHERE clause") == 0) return error_hint(error, "Conditions on aggregates stand in HAVING");
    return STATUS_INVALID;
}

static enum status check_aggregate(struct expr_scope *s, const struct ast_expr *e, const struct agg_func *f) {
    struct binder *b = s->binder;
    if (s->aggregates == NULL) {
        return illegal_aggregate(s, e);
    }
    if (e->within_order.count > 0 && !takes_order(f)) return bind_unsupported(b, e->span, "WITHIN GROUP");
    if (e->order_by.count > 0 && !takes_order(f)) return bind_unsupported(b, e->span, "ORDER BY inside an aggregate");
    if ((e->ignore_nulls || e->respect_nulls) && !str_equal(f->name, STR("ARRAY_AGG"))) {
        return error_at(b->rel.error, STATUS_INVALID, e->span, "Cannot specify IGNORE NULLS or RESPECT NULLS following '%.*s'", STR_ARG(f->name));
    }
    uint32_t n = e->arguments.count;
    bool star = n == 1 && ((const struct ast_expr *)e->arguments.at[0])->kind == AST_STAR;
    if (star && e->distinct) return error_at(b->rel.error, STATUS_INVALID, e->span, "DISTINCT needs columns, not *");
    bool none = n == 0 && str_equal(f->name, STR("COUNT")); /* COUNT(*) takes none inside, but is written with its star */
    if (!star && (none || n < f->arg_min || n > f->arg_max)) {
        if (none) error_at(b->rel.error, STATUS_INVALID, e->span, "COUNT needs an argument");
        else if (f->arg_min == f->arg_max) error_at(b->rel.error, STATUS_INVALID, e->span, "%.*s takes %u argument%s, not %u", STR_ARG(f->name), f->arg_min, f->arg_min == 1 ? "" : "s", n);
        else error_at(b->rel.error, STATUS_INVALID, e->span, "%.*s takes %u to %u arguments, not %u", STR_ARG(f->name), f->arg_min, f->arg_max, n);
        return error_hint(b->rel.error, "Write %s", f->signature);
    }
    return STATUS_OK;
}

/* COUNT(x) of a column that is never NULL is COUNT(*); MIN and MAX do not need DISTINCT. */
static void simplify(struct agg_item *it) {
    if (str_equal(it->func->name, STR("MIN")) || str_equal(it->func->name, STR("MAX"))) it->distinct = false;
    if (!str_equal(it->func->name, STR("COUNT")) || it->distinct) return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < it->arg_count; i++) {
        if (it->args[i]->type->nullable || expr_can_fail(it->args[i])) it->args[kept++] = it->args[i];
    }
    it->arg_count = kept;
}

static uint32_t item_find(const struct list *items, const struct agg_item *it) {
    uint32_t index = 0;
    while (index < items->count && !same_item(items->at[index], it)) index++;
    return index;
}

static bool is_variance(const struct agg_func *f) {
    return f->name.size_bytes > 3 && (memcmp(f->name.at, "VAR", 3) == 0 || memcmp(f->name.at, "STD", 3) == 0);
}

/* Flink computes variances from a COUNT beside the distances: a row that changes the one alone is a change, too. */
static enum status add_companion(struct expr_scope *s, const struct agg_item *of) {
    struct binder *b = s->binder;
    struct agg_item *it = ARENA_NEW(b->rel.arena, struct agg_item);
    const struct agg_func *count = agg_find(STR("COUNT"));
    assert(count != NULL);
    if (it == NULL) return error_no_memory(b->rel.error, sizeof *it);
    *it = *of;
    it->func = count;
    it->companion = true;
    it->type = type_simple(b->rel.types, TYPE_BIGINT, false);
    if (it->type == NULL) return error_no_memory(b->rel.error, sizeof *it->type);
    simplify(it);
    return item_find(s->aggregates, it) < s->aggregates->count ? STATUS_OK : list_push(s->aggregates, b->rel.arena, it);
}

enum status bind_aggregate(struct expr_scope *s, const struct ast_expr *e, const struct agg_func *f, struct expr **ret) {
    struct binder *b = s->binder;
    TRY(check_aggregate(s, e, f));
    struct agg_item *it = ARENA_NEW(b->rel.arena, struct agg_item);
    if (it == NULL) return error_no_memory(b->rel.error, sizeof *it);
    it->func = f;
    it->distinct = e->distinct;
    it->span = e->span;
    TRY(aggregate_arguments(s, e, it));
    struct agg_bind bind = {.func = f, .arena = b->rel.arena, .types = b->rel.types, .session = &b->session->eval,
                            .error = b->rel.error, .span = e->span, .args = it->args, .arg_count = it->arg_count,
                            .distinct = it->distinct, .grouped = s->grouped};
    TRY(f->bind(&bind));
    assert(bind.type != NULL);
    it->type = bind.type;
    simplify(it);
    if (it->arg_count > 1 && str_equal(f->name, STR("COUNT"))) {
        return error_at(b->rel.error, STATUS_UNSUPPORTED, e->span, "We now only support the count of one field.");
    }
    TRY(check_distinct(b, it));
    uint32_t index = item_find(s->aggregates, it);
    if (index == s->aggregates->count) {
        TRY(list_push(s->aggregates, b->rel.arena, it));
        if (is_variance(f)) TRY(add_companion(s, it));
    }
    *ret = expr_input(b->rel.arena, BIND_AGG_BASE + index, it->type);
    return STATUS_OK;
}

/* ---- the node ----------------------------------------------------------------------------- */

/* The projection below an aggregate, its columns without duplicates. */
struct columns {
    struct binder *b;
    struct rel *input;
    struct expr **exprs;
    struct str *names;
    uint32_t count;
};

static uint32_t columns_add(struct columns *c, struct expr *e, uint32_t from) {
    for (uint32_t i = from; i < c->count; i++) {
        if (expr_equal(c->exprs[i], e) && c->exprs[i]->type == e->type && expr_is_deterministic(e)) return i;
    }
    c->exprs[c->count] = e;
    c->names[c->count] = e->kind == EXPR_INPUT ? rel_name(c->input, e->index)
                                               : arena_format(c->b->rel.arena, "$f%u", c->count);
    return c->count++;
}

/* window_time keeps its time attribute only where the aggregate is one on that window. */
static bool keeps_time(const struct rel *input, const struct grouping *g, const struct expr *key) {
    if (key->kind != EXPR_INPUT) return false;
    struct window_column w = rel_window_column(input, key->index);
    if (w.property != WINDOW_COLUMN_TIME) return false;
    bool start = false, end = false;
    for (uint32_t i = 0; i < g->keys.count; i++) {
        const struct expr *k = g->keys.at[i];
        if (k->kind != EXPR_INPUT) continue;
        struct window_column o = rel_window_column(input, k->index);
        if (o.source != w.source) continue;
        start |= o.property == WINDOW_COLUMN_START;
        end |= o.property == WINDOW_COLUMN_END;
    }
    return start && end;
}

static enum status call_of(struct columns *c, const struct agg_item *it, uint32_t key_count, uint32_t index, struct agg_call *call) {
    *call = (struct agg_call){.func = it->func, .type = it->type, .arg_count = it->arg_count, .filter = -1, .distinct = it->distinct,
                              .companion = it->companion};
    call->name = arena_format(c->b->rel.arena, "EXPR$%u", index);
    for (uint32_t i = 0; i < it->arg_count; i++) {
        call->args[i] = columns_add(c, it->args[i], 0);
        call->arg_types[i] = it->args[i]->type;
        if (expr_is_literal(it->args[i])) call->constants[i] = it->args[i]->value;
    }
    if (it->filter != NULL) call->filter = (int32_t)columns_add(c, it->filter, key_count);
    return STATUS_OK;
}

static enum status expand(struct binder *b, struct rel *input, const struct grouping *g, struct rel **ret);

enum status bind_aggregate_rel(struct binder *b, struct rel *input, const struct grouping *g, const struct list *aggs, struct rel **ret) {
    uint32_t max = g->keys.count + aggs->count * 5 + 1, keys = g->keys.count;
    struct columns c = {b, input, ARENA_ARRAY(b->rel.arena, struct expr *, max), ARENA_ARRAY(b->rel.arena, struct str, max), 0};
    struct rel_aggregate a = {.keys = ARENA_ARRAY(b->rel.arena, uint32_t, keys + 1), .key_count = keys,
                              .aggs = ARENA_ARRAY(b->rel.arena, struct agg_call, aggs->count), .agg_count = aggs->count};
    if (c.exprs == NULL || c.names == NULL || a.keys == NULL || a.aggs == NULL) return error_no_memory(b->rel.error, max * 8);
    for (uint32_t i = 0; i < keys; i++) {
        struct expr *key = g->keys.at[i];
        if (!keeps_time(input, g, key)) key = bind_plain(b, key);
        if (key == NULL) return error_no_memory(b->rel.error, sizeof *key);
        a.keys[i] = columns_add(&c, key, c.count); /* keys first, one column each */
    }
    bool sets = g->sets != NULL;
    for (uint32_t i = 0; i < aggs->count; i++) {
        /* under grouping sets the keys turn NULL, so arguments have their own columns */
        TRY(call_of(&c, aggs->at[i], keys, keys + i, &a.aggs[i]));
        for (uint32_t k = 0; sets && k < a.aggs[i].arg_count; k++) {
            if (a.aggs[i].args[k] < keys) {
                c.exprs[c.count] = c.exprs[a.aggs[i].args[k]];
                c.names[c.count] = arena_format(b->rel.arena, "$f%u", c.count);
                a.aggs[i].args[k] = c.count++;
            }
        }
    }
    if (c.count == 0) {
        c.exprs[0] = expr_i64(b->rel.arena, type_simple(b->rel.types, TYPE_INT, false), 0);
        c.names[c.count++] = STR("$f0");
    }
    struct rel *r = rel_project(&b->rel, input, c.exprs, c.names, c.count);
    if (r == NULL) return error_no_memory(b->rel.error, sizeof *r);
    if (sets) {
        TRY(expand(b, r, g, &r));
        a.keys[a.key_count++] = rel_width(r) - 1;
    }
    a.ttl_ms = g->ttl_ms;
    *ret = rel_aggregate(&b->rel, r, &a);
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof **ret) : STATUS_OK;
}

/* Each row once per grouping set: absent keys NULL, the set's number behind. */
static enum status expand(struct binder *b, struct rel *input, const struct grouping *g, struct rel **ret) {
    uint32_t width = rel_width(input);
    struct expr ***rows = ARENA_ARRAY(b->rel.arena, struct expr **, g->set_count);
    const struct type **types = ARENA_ARRAY(b->rel.arena, const struct type *, width + 1);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, width + 1);
    if (rows == NULL || types == NULL || names == NULL) return error_no_memory(b->rel.error, width * 8);
    const struct type *bigint = type_simple(b->rel.types, TYPE_BIGINT, false);
    for (uint32_t c = 0; c <= width; c++) {
        names[c] = c == width ? STR("$e") : rel_name(input, c);
        types[c] = c == width ? bigint : rel_type(input, c);
        for (uint32_t i = 0; c < g->keys.count && i < g->set_count; i++) {
            if (!g->sets[i][c]) types[c] = type_nullable(b->rel.types, types[c], true);
        }
    }
    for (uint32_t i = 0; i < g->set_count; i++) {
        rows[i] = ARENA_ARRAY(b->rel.arena, struct expr *, width + 1);
        if (rows[i] == NULL) return error_no_memory(b->rel.error, width * 8);
        for (uint32_t c = 0; c < width; c++) {
            bool gone = c < g->keys.count && !g->sets[i][c];
            rows[i][c] = gone ? expr_null(b->rel.arena, types[c]) : rel_column(&b->rel, input, c);
        }
        rows[i][width] = expr_i64(b->rel.arena, bigint, bind_set_id(g, i));
    }
    struct rel *r = rel_over_input(&b->rel, REL_EXPAND, input, rel_row(&b->rel, names, types, width + 1));
    if (r == NULL) return error_no_memory(b->rel.error, sizeof *r);
    r->as.expand.rows = rows;
    r->as.expand.row_count = g->set_count;
    *ret = r;
    return STATUS_OK;
}

/* ---- items over the aggregate's output ------------------------------------------------------ */

struct ungroup {
    struct binder *b;
    const struct grouping *g;
    const struct scope *scope;
    const struct expr *culprit; /* the first column that is not grouped */
};

static const struct type *key_type(const struct ungroup *u, uint32_t key, const struct type *t) {
    for (uint32_t i = 0; u->g->sets != NULL && i < u->g->set_count; i++) {
        if (!u->g->sets[i][key]) return type_nullable(u->b->rel.types, t, true);
    }
    return t;
}

static struct expr *ungroup_replace(void *context, const struct expr *e) {
    struct ungroup *u = context;
    uint32_t keys = u->g->keys.count + (u->g->sets != NULL);
    if (e->kind == EXPR_INPUT && e->index >= BIND_OVER_BASE) return (struct expr *)(uintptr_t)e;
    if (e->kind == EXPR_INPUT && e->index == BIND_SET_COLUMN) return expr_input(u->b->rel.arena, u->g->keys.count, e->type);
    if (e->kind == EXPR_INPUT && e->index >= BIND_AGG_BASE) {
        return expr_input(u->b->rel.arena, keys + e->index - BIND_AGG_BASE, e->type);
    }
    for (uint32_t i = 0; i < u->g->keys.count; i++) {
        const struct expr *key = u->g->keys.at[i];
        if (expr_equal(e, key)) return expr_input(u->b->rel.arena, i, key_type(u, i, e->type));
    }
    if (e->kind == EXPR_INPUT) {
        if (u->culprit == NULL) u->culprit = e;
        return (struct expr *)(uintptr_t)e;
    }
    return NULL;
}

enum status bind_ungrouped(struct binder *b, const struct grouping *g, const struct scope *scope, struct expr *e, struct expr **ret) {
    struct ungroup u = {b, g, scope, NULL};
    *ret = expr_transform(b->rel.arena, e, ungroup_replace, &u);
    if (*ret == NULL) return error_no_memory(b->rel.error, sizeof **ret);
    if (u.culprit == NULL) return STATUS_OK;
    struct str name = scope->row->children[u.culprit->index].name;
    error_at(b->rel.error, STATUS_INVALID, u.culprit->span, "Column '%.*s' is not grouped, and not inside an aggregate function", STR_ARG(name));
    return error_hint(b->rel.error, "Add it to GROUP BY, or take MAX(%.*s) or another aggregate of it", STR_ARG(name));
}
