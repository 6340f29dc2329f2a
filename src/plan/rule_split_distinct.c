/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_split_distinct: table.optimizer.distinct-agg.split.enabled, as Flink's SplitAggregateRule: an
 * aggregate with DISTINCT calls is computed per bucket of the distinct column's hash first, so that
 * one hot group spreads over subtasks, and the buckets are added up above. MIN, MAX, FIRST_VALUE and
 * LAST_VALUE are spread by their argument too. Where calls need different buckets, each row goes out
 * once per kind of bucket (and once for calls that need none), and filters pick the rows of each call.
 *
 * All calls must be of the kinds in `splits`; AVG becomes $SUM0 and COUNT, divided at the end.
 */
#include "plan/rel.h"

#include "func/func.h"

#include <assert.h>
#include <string.h>

enum { SETS_MAX = 64 };

/* A function, what it is per bucket, and what adds the buckets up. */
static const struct split {
    const char *name, *partial, *final;
    bool by_value; /* needs buckets even without DISTINCT */
} splits[] = {
    {"AVG", "$SUM0", "$SUM0", false},         {"COUNT", "COUNT", "$SUM0", false},       {"MIN", "MIN", "MIN", true},
    {"MAX", "MAX", "MAX", true},              {"SUM", "SUM", "SUM", false},             {"$SUM0", "$SUM0", "$SUM0", false},
    {"LISTAGG", "LISTAGG", "LISTAGG", false}, /* without a separator */ {"SINGLE_VALUE", "SINGLE_VALUE", "SINGLE_VALUE", false},
    {"FIRST_VALUE", "FIRST_VALUE", "FIRST_VALUE", true}, {"LAST_VALUE", "LAST_VALUE", "LAST_VALUE", true},
};

struct splitting {
    const struct rel_context *c;
    const struct rel *aggregate;
    struct rel *input;            /* with the hash columns once they are there */
    uint32_t first_hash, hash_count;
    uint32_t *hashed;             /* input column behind each hash column */
    uint64_t *call_sets;          /* per call: bit i: hash column i groups it */
    uint64_t sets[SETS_MAX];      /* without repeats, by expand id */
    uint32_t set_count;
    bool expanded;
    struct agg_call *partials;
    uint32_t partial_count;
};

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

static const struct rel_aggregate *params(const struct splitting *s) { return &s->aggregate->as.aggregate; }

static const struct split *split_of(const struct agg_call *c) {
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        if (str_equal(c->func->name, str_of(splits[i].name))) return c->arg_count > 1 ? NULL : &splits[i];
    }
    return NULL;
}

static bool is_average(const struct agg_call *c) { return str_equal(c->func->name, STR("AVG")); }

/* Groups of a window by processing time: both aggregates would have to agree on what time it is. */
static bool by_processing_time(const struct rel *r) {
    for (uint32_t i = 0; i < r->as.aggregate.key_count; i++) {
        struct window_column w = rel_window_column(rel_input(r), r->as.aggregate.keys[i]);
        if (w.property == WINDOW_COLUMN_START && !w.window->event_time) return true;
    }
    return false;
}

static bool applies(const struct rel *r) {
    const struct rel_aggregate *a = &r->as.aggregate;
    bool distinct = false;
    if (r->kind != REL_AGGREGATE || a->part != AGG_PART_WHOLE) return false;
    for (uint32_t i = 0; i < a->agg_count; i++) {
        if (split_of(&a->aggs[i]) == NULL) return false;
        distinct |= a->aggs[i].distinct;
    }
    return distinct && !by_processing_time(r);
}

/* ---- hash columns ------------------------------------------------------------------------------------ */

static bool is_key(const struct splitting *s, uint32_t column) {
    for (uint32_t i = 0; i < params(s)->key_count; i++) {
        if (params(s)->keys[i] == column) return true;
    }
    return false;
}

static bool needs_bucket(const struct agg_call *c) { return c->distinct || split_of(c)->by_value; }

/*
 * Where a column lies for Flink, which merges a projection that only picks columns into the aggregate,
 * unless a watermark assigner or a source (when it saves columns there) has taken the projection.
 */
static uint32_t place_of(const struct splitting *s, uint32_t column) {
    const struct rel *r = rel_input(s->aggregate);
    if (r->kind != REL_PROJECT || rel_input(r)->kind == REL_WATERMARK) return column;
    if (rel_input(r)->kind == REL_SCAN && rel_width(r) < rel_width(rel_input(r))) return column;
    for (uint32_t i = 0; i < rel_width(r); i++) {
        if (r->as.project.exprs[i]->kind != EXPR_INPUT) return column;
    }
    return r->as.project.exprs[column]->index;
}

static void add_hashed(struct splitting *s, uint32_t column) {
    uint32_t at = s->hash_count++;
    for (; at > 0 && place_of(s, s->hashed[at - 1]) > place_of(s, column); at--) s->hashed[at] = s->hashed[at - 1];
    s->hashed[at] = column;
}

/* The columns to hash, in Flink's order. */
static enum status find_hashed(struct splitting *s) {
    const struct rel_aggregate *a = params(s);
    uint32_t width = rel_width(s->input);
    bool *wanted = ARENA_ARRAY(s->c->arena, bool, width);
    s->hashed = ARENA_ARRAY(s->c->arena, uint32_t, width);
    if (wanted == NULL || s->hashed == NULL) return no_memory(s->c);
    for (uint32_t i = 0; i < a->agg_count; i++) {
        const struct agg_call *c = &a->aggs[i];
        for (uint32_t k = 0; needs_bucket(c) && k < c->arg_count; k++) {
            if (c->constants[k] == NULL && !is_key(s, c->args[k])) wanted[c->args[k]] = true;
        }
    }
    for (uint32_t i = 0; i < width; i++) {
        if (wanted[i]) add_hashed(s, i);
    }
    if (s->hash_count >= SETS_MAX) return error_at(s->c->error, STATUS_LIMIT, s->aggregate->span, "Split distinct aggregation over more than %d columns", SETS_MAX - 1);
    return STATUS_OK;
}

static enum status call_named(const struct splitting *s, const char *name, struct expr **args, uint32_t count, struct expr **ret) {
    return func_call_named(s->c->arena, s->c->types, s->c->eval, name, s->aggregate->span, args, count, ret, s->c->error);
}

static enum status add_hashes(struct splitting *s) {
    uint32_t width = rel_width(s->input), n = width + s->hash_count;
    struct expr **exprs = ARENA_ARRAY(s->c->arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(s->c->arena, struct str, n);
    s->first_hash = width;
    if (s->hash_count == 0) return STATUS_OK;
    if (exprs == NULL || names == NULL) return no_memory(s->c);
    for (uint32_t i = 0; i < width; i++) {
        exprs[i] = rel_column(s->c, s->input, i);
        names[i] = rel_name(s->input, i);
    }
    for (uint32_t i = 0; i < s->hash_count; i++) {
        struct expr *args[2] = {rel_column(s->c, s->input, s->hashed[i]), NULL};
        if (args[0] == NULL) return no_memory(s->c);
        TRY(call_named(s, "HASH_CODE", args, 1, &args[0]));
        args[1] = expr_i64(s->c->arena, type_simple(s->c->types, TYPE_INT, false), s->c->split_buckets);
        if (args[1] == NULL) return no_memory(s->c);
        TRY(call_named(s, "MOD", args, 2, &exprs[width + i]));
        names[width + i] = arena_format(s->c->arena, "$f%u", width + i);
    }
    s->input = rel_project(s->c, s->input, exprs, names, n);
    return s->input == NULL ? no_memory(s->c) : STATUS_OK;
}

/* ---- which rows for which call ------------------------------------------------------------------------- */

static uint64_t set_of_call(const struct splitting *s, const struct agg_call *c) {
    uint64_t set = 0;
    for (uint32_t k = 0; needs_bucket(c) && k < c->arg_count; k++) {
        for (uint32_t i = 0; i < s->hash_count; i++) {
            if (c->constants[k] == NULL && s->hashed[i] == c->args[k]) set |= UINT64_C(1) << i;
        }
    }
    return set;
}

/* Flink's number of a set: a bit per grouping column that is left out, the first column the highest. */
static int64_t expand_id(const struct splitting *s, uint64_t set) {
    int64_t id = 0;
    for (uint32_t i = 0; i < s->hash_count; i++) id = id * 2 + ((set >> i & 1) == 0);
    return id;
}

static void add_set(struct splitting *s, uint64_t set) {
    uint32_t at = 0;
    while (at < s->set_count && expand_id(s, s->sets[at]) < expand_id(s, set)) at++;
    if (at < s->set_count && s->sets[at] == set) return;
    memmove(s->sets + at + 1, s->sets + at, (s->set_count - at) * sizeof *s->sets);
    s->sets[at] = set;
    s->set_count++;
}

/* Sets of buckets; more than one makes an Expand. Calls that need no bucket do with any single one. */
static enum status find_sets(struct splitting *s) {
    const struct rel_aggregate *a = params(s);
    s->call_sets = ARENA_ARRAY(s->c->arena, uint64_t, a->agg_count);
    if (s->call_sets == NULL) return no_memory(s->c);
    for (uint32_t i = 0; i < a->agg_count; i++) {
        s->call_sets[i] = set_of_call(s, &a->aggs[i]);
        if (needs_bucket(&a->aggs[i])) add_set(s, s->call_sets[i]);
        if (s->set_count == SETS_MAX - 1) return error_at(s->c->error, STATUS_LIMIT, s->aggregate->span, "Split distinct aggregation over more than %d columns", SETS_MAX - 2);
    }
    s->expanded = s->set_count > 1;
    for (uint32_t i = 0; s->expanded && i < a->agg_count; i++) {
        if (!needs_bucket(&a->aggs[i])) add_set(s, 0);
    }
    return STATUS_OK;
}

static enum status add_expand(struct splitting *s) {
    uint32_t width = rel_width(s->input);
    struct expr ***rows = ARENA_ARRAY(s->c->arena, struct expr **, s->set_count);
    const struct type **types = ARENA_ARRAY(s->c->arena, const struct type *, width + 1), *bigint = type_simple(s->c->types, TYPE_BIGINT, false);
    struct str *names = ARENA_ARRAY(s->c->arena, struct str, width + 1);
    if (rows == NULL || types == NULL || names == NULL || bigint == NULL) return no_memory(s->c);
    for (uint32_t i = 0; i < width; i++) {
        names[i] = rel_name(s->input, i);
        types[i] = i < s->first_hash ? rel_type(s->input, i) : type_nullable(s->c->types, rel_type(s->input, i), true);
    }
    names[width] = STR("$e");
    types[width] = bigint;
    for (uint32_t k = 0; k < s->set_count; k++) {
        rows[k] = ARENA_ARRAY(s->c->arena, struct expr *, width + 1);
        if (rows[k] == NULL) return no_memory(s->c);
        for (uint32_t i = 0; i < width; i++) {
            bool gone = i >= s->first_hash && (s->sets[k] >> (i - s->first_hash) & 1) == 0;
            rows[k][i] = gone ? expr_null(s->c->arena, types[i]) : rel_column(s->c, s->input, i);
        }
        rows[k][width] = expr_i64(s->c->arena, bigint, expand_id(s, s->sets[k]));
    }
    struct rel *r = rel_over_input(s->c, REL_EXPAND, s->input, rel_row(s->c, names, types, width + 1));
    if (r == NULL) return no_memory(s->c);
    r->as.expand.rows = rows;
    r->as.expand.row_count = s->set_count;
    s->input = r;
    return STATUS_OK;
}

/* `$e = id [AND filter]` for each pair of set and filter; the calls' new filters. */
static enum status add_filters(struct splitting *s, int32_t *ret_filters) {
    const struct rel_aggregate *a = params(s);
    uint32_t width = rel_width(s->input) - 1, n = width;
    struct expr **exprs = ARENA_ARRAY(s->c->arena, struct expr *, width + a->agg_count), *e = rel_column(s->c, s->input, width);
    struct str *names = ARENA_ARRAY(s->c->arena, struct str, width + a->agg_count);
    const struct type *boolean = type_simple(s->c->types, TYPE_BOOLEAN, false);
    if (exprs == NULL || names == NULL || e == NULL || boolean == NULL) return no_memory(s->c);
    for (uint32_t i = 0; i < width; i++) {
        exprs[i] = rel_column(s->c, s->input, i);
        names[i] = rel_name(s->input, i);
    }
    for (uint32_t i = 0; i < a->agg_count; i++) {
        uint32_t same = 0;
        while (same < i && (s->call_sets[same] != s->call_sets[i] || a->aggs[same].filter != a->aggs[i].filter)) same++;
        ret_filters[i] = same < i ? ret_filters[same] : (int32_t)n;
        if (same < i) continue;
        int64_t id = expand_id(s, s->call_sets[i]);
        struct expr *args[2] = {e, expr_i64(s->c->arena, e->type, id)};
        if (args[1] == NULL) return no_memory(s->c);
        TRY(call_named(s, "=", args, 2, &exprs[n]));
        if (a->aggs[i].filter >= 0) {
            struct expr **both = ARENA_ARRAY(s->c->arena, struct expr *, 2);
            if (both == NULL) return no_memory(s->c);
            both[0] = exprs[n];
            both[1] = rel_column(s->c, s->input, (uint32_t)a->aggs[i].filter);
            exprs[n] = expr_special(s->c->arena, EXPR_AND, boolean, both, 2);
        }
        names[n++] = arena_format(s->c->arena, "$g_%lld%s", (long long)id, a->aggs[i].filter >= 0 ? "0" : "");
    }
    s->input = rel_project(s->c, s->input, exprs, names, n);
    return s->input == NULL ? no_memory(s->c) : STATUS_OK;
}

/* ---- the two aggregates ---------------------------------------------------------------------------------- */

/* func over the arguments of `from`, or over `column` of r alone when from is NULL. */
static enum status make_call(const struct splitting *s, const char *func, const struct rel *r, const struct agg_call *from, uint32_t column, int32_t filter, struct str name,
                             struct agg_call *ret) {
    struct expr *args[4] = {NULL};
    struct agg_call c = {.func = agg_find(str_of(func)), .arg_count = 1, .args = {column}, .filter = filter, .name = name};
    assert(c.func != NULL);
    if (from != NULL) {
        c.arg_count = from->arg_count;
        c.distinct = from->distinct;
        memcpy(c.args, from->args, sizeof c.args);
        memcpy(c.constants, from->constants, sizeof c.constants);
    }
    for (uint32_t i = 0; i < c.arg_count; i++) {
        c.arg_types[i] = rel_type(r, c.args[i]);
        args[i] = c.constants[i] != NULL ? expr_literal(s->c->arena, c.constants[i], 0, c.constants[i]->type) : rel_column(s->c, r, c.args[i]);
        if (args[i] == NULL) return no_memory(s->c);
    }
    struct agg_bind b = {.func = c.func, .arena = s->c->arena, .types = s->c->types, .session = s->c->eval, .error = s->c->error, .span = s->aggregate->span,
                         .args = args, .arg_count = c.arg_count, .distinct = c.distinct, .grouped = params(s)->key_count > 0 && filter < 0};
    TRY(c.func->bind(&b));
    c.type = b.type;
    *ret = c;
    return STATUS_OK;
}

/* "$f3", or "$f3_0" when a hash column is called so. */
static struct str column_name(const struct splitting *s, uint32_t index, uint32_t position) {
    bool taken = position >= s->first_hash && position < s->first_hash + s->hash_count && index > 0;
    return arena_format(s->c->arena, taken ? "$f%u_0" : "$f%u", position);
}

static enum status make_partial(struct splitting *s, const int32_t *filters, struct rel **ret) {
    const struct rel_aggregate *a = params(s);
    struct rel_aggregate p = {.key_count = a->key_count + s->hash_count, .ttl_ms = a->ttl_ms, .part = AGG_PART_PARTIAL};
    p.keys = ARENA_ARRAY(s->c->arena, uint32_t, p.key_count);
    p.aggs = ARENA_ARRAY(s->c->arena, struct agg_call, a->agg_count * 2);
    if (p.keys == NULL || p.aggs == NULL) return no_memory(s->c);
    for (uint32_t i = 0; i < p.key_count; i++) p.keys[i] = i < a->key_count ? a->keys[i] : s->first_hash + i - a->key_count;
    for (uint32_t i = 0; i < a->agg_count; i++) {
        const struct agg_call *c = &a->aggs[i];
        int32_t filter = filters == NULL ? c->filter : filters[i];
        uint32_t at = p.key_count + p.agg_count;
        TRY(make_call(s, split_of(c)->partial, s->input, c, 0, filter, column_name(s, at, at), &p.aggs[p.agg_count]));
        p.agg_count++;
        if (!is_average(c)) continue;
        TRY(make_call(s, "COUNT", s->input, c, 0, filter, column_name(s, at + 1, at + 1), &p.aggs[p.agg_count]));
        p.agg_count++;
    }
    s->partials = p.aggs;
    s->partial_count = p.agg_count;
    *ret = rel_aggregate(s->c, s->input, &p);
    return *ret == NULL ? no_memory(s->c) : STATUS_OK;
}

static enum status make_final(struct splitting *s, struct rel *partial, struct rel **ret) {
    const struct rel_aggregate *a = params(s);
    struct rel_aggregate f = {.key_count = a->key_count, .ttl_ms = a->ttl_ms, .part = AGG_PART_FINAL};
    f.keys = ARENA_ARRAY(s->c->arena, uint32_t, a->key_count);
    f.aggs = ARENA_ARRAY(s->c->arena, struct agg_call, s->partial_count);
    if (f.keys == NULL || f.aggs == NULL) return no_memory(s->c);
    for (uint32_t i = 0; i < a->key_count; i++) f.keys[i] = i;
    for (uint32_t i = 0; i < a->agg_count; i++) {
        for (uint32_t k = 0; k < (is_average(&a->aggs[i]) ? 2u : 1u); k++) {
            uint32_t at = f.agg_count;
            struct str name = arena_format(s->c->arena, "$f%u", a->key_count + at);
            TRY(make_call(s, split_of(&a->aggs[i])->final, partial, NULL, a->key_count + s->hash_count + at, -1, name, &f.aggs[at]));
            f.agg_count++;
        }
    }
    *ret = rel_aggregate(s->c, partial, &f);
    return *ret == NULL ? no_memory(s->c) : STATUS_OK;
}

/* ---- the answer in the old row ------------------------------------------------------------------------------ */

/* CASE WHEN count = 0 THEN NULL ELSE sum / count END */
static enum status average(const struct splitting *s, const struct rel *r, uint32_t sum, struct expr **ret) {
    struct expr *zero[2] = {rel_column(s->c, r, sum + 1), expr_i64(s->c->arena, type_simple(s->c->types, TYPE_BIGINT, false), 0)};
    struct expr *parts[2] = {rel_column(s->c, r, sum), zero[0]}, **arms = ARENA_ARRAY(s->c->arena, struct expr *, 3);
    if (zero[0] == NULL || zero[1] == NULL || parts[0] == NULL || arms == NULL) return no_memory(s->c);
    TRY(call_named(s, "=", zero, 2, &arms[0]));
    TRY(call_named(s, "/", parts, 2, &arms[2]));
    const struct type *t = type_nullable(s->c->types, arms[2]->type, true);
    arms[1] = t == NULL ? NULL : expr_null(s->c->arena, t);
    *ret = arms[1] == NULL ? NULL : expr_special(s->c->arena, EXPR_CASE, t, arms, 3);
    return *ret == NULL ? no_memory(s->c) : STATUS_OK;
}

static enum status restore_row(const struct splitting *s, struct rel *final, struct rel **ret) {
    const struct rel_aggregate *a = params(s);
    uint32_t n = rel_width(s->aggregate), from = a->key_count;
    struct expr **exprs = ARENA_ARRAY(s->c->arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(s->c->arena, struct str, n);
    if (exprs == NULL || names == NULL) return no_memory(s->c);
    for (uint32_t i = 0; i < n; i++) {
        const struct type *t = rel_type(s->aggregate, i);
        names[i] = rel_name(s->aggregate, i);
        bool split = i >= a->key_count && is_average(&a->aggs[i - a->key_count]);
        if (split) TRY(average(s, final, from, &exprs[i]));
        else exprs[i] = rel_column(s->c, final, i < a->key_count ? i : from);
        if (exprs[i] == NULL) return no_memory(s->c);
        if (i >= a->key_count) from += split ? 2 : 1;
        if (!type_same(exprs[i]->type, t)) TRY(func_cast(s->c->arena, s->c->types, s->c->eval, exprs[i], t, false, s->aggregate->span, &exprs[i], s->c->error));
        if (exprs[i]->type != t) exprs[i] = expr_retype(s->c->arena, exprs[i], t);
        if (exprs[i] == NULL) return no_memory(s->c);
    }
    *ret = rel_project(s->c, final, exprs, names, n);
    return *ret == NULL ? no_memory(s->c) : STATUS_OK;
}

static enum status split(const struct rel_context *c, const struct rel *r, struct rel **ret) {
    struct splitting s = {.c = c, .aggregate = r, .input = rel_input(r)};
    struct rel *partial = NULL, *final = NULL;
    int32_t *filters = NULL;
    TRY(find_hashed(&s));
    TRY(add_hashes(&s));
    TRY(find_sets(&s));
    if (s.expanded) {
        filters = ARENA_ARRAY(c->arena, int32_t, r->as.aggregate.agg_count);
        if (filters == NULL) return no_memory(c);
        TRY(add_expand(&s));
        TRY(add_filters(&s, filters));
    }
    TRY(make_partial(&s, filters, &partial));
    partial->span = r->span;
    TRY(make_final(&s, partial, &final));
    final->span = r->span;
    return restore_row(&s, final, ret);
}

enum status rule_split_distinct(const struct rel_context *c, struct rel *r, struct rel **ret) {
    if (c->split_buckets == 0) {
        *ret = r;
        return STATUS_OK;
    }
    TRY(rel_map_inputs(c, r, rule_split_distinct, &r));
    *ret = r;
    return applies(r) ? split(c, r, ret) : STATUS_OK;
}
