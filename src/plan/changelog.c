/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changelog: which kinds of change flow where. Two questions, as in Flink:
 *
 *   bottom-up  which kinds of modification (insert, update, delete) can a node make at all, and does
 *              its consumer take them;
 *   top-down   does somebody need the old row (-U) of an update. A node is asked for an update form
 *              and answers with the one it provides, or that it cannot; the asker may then try another.
 *
 * A trial (apply false) changes nothing; the same walk with apply true writes `produces`, strategies
 * and DropUpdateBefore. Nested ranks are tried twice per level, so depth is bounded by the binder's.
 */
#include "plan/physical.h"

#include <assert.h>
#include <string.h>

/* The form of updates. IMPOSSIBLE is an answer only. */
enum form { FORM_NONE, FORM_AFTER, FORM_BOTH, FORM_IMPOSSIBLE };

enum { MODIFY_I = CHANGE_I, MODIFY_U = CHANGE_UA, MODIFY_D = CHANGE_D, MODIFY_ALL = CHANGE_I | CHANGE_UA | CHANGE_D };

static uint32_t modify_of(uint32_t bits) {
    return (bits & (CHANGE_I | CHANGE_D)) | ((bits & (CHANGE_UB | CHANGE_UA)) != 0 ? (uint32_t)MODIFY_U : 0);
}

bool rank_is_deduplicate(const struct node *n) {
    if (n->kind != NODE_RANK) return false;
    const struct rank_params *r = &n->as.rank;
    if (r->from != 1 || r->to != 1 || r->with_rank || r->to_column >= 0 || r->order_count != 1) return false;
    if (node_input(n)->row->children[r->order[0].column].type->time_attr == TIME_ATTR_NONE) return false;
    return changelog_insert_only(node_input(n));
}

/*
 * Flink takes every first-row rank of insert-only rows for insert-only, whatever it is ordered by
 * (it was meant for time attributes): its updates then go out as +U alone.
 */
static bool rank_claims_inserts(const struct node *n) {
    const struct rank_params *r = &n->as.rank;
    if (r->from != 1 || r->to != 1 || r->with_rank || r->to_column >= 0) return false;
    return !(r->order_count == 1 && r->order[0].descending) && changelog_insert_only(node_input(n));
}

uint32_t changelog_modify_kinds(const struct node *n) {
    uint32_t in = 0;
    switch (n->kind) {
    case NODE_SCAN: return modify_of(n->produces);
    case NODE_VALUES: return MODIFY_I;
    case NODE_UNION:
        for (uint32_t i = 0; i < n->inputs.count; i++) in |= changelog_modify_kinds(n->inputs.at[i]);
        return in;
    case NODE_GROUP_AGG:
        in = changelog_modify_kinds(node_input(n));
        return MODIFY_I | MODIFY_U | (in == MODIFY_I ? 0 : (uint32_t)MODIFY_D);
    case NODE_GLOBAL_GROUP_AGG: return MODIFY_I | MODIFY_U | (n->as.group_agg.input_retracts ? (uint32_t)MODIFY_D : 0);
    case NODE_LOCAL_GROUP_AGG:
    case NODE_INCREMENTAL_GROUP_AGG:
    case NODE_LOCAL_WINDOW_AGG:
    case NODE_GLOBAL_WINDOW_AGG:
    case NODE_WINDOW_AGG:
    case NODE_WINDOW_RANK:
    case NODE_WINDOW_DEDUPLICATE:
    case NODE_TEMPORAL_SORT:
    case NODE_SORT: return MODIFY_I;
    case NODE_RANK:
        return rank_claims_inserts(n) ? (uint32_t)MODIFY_I : (uint32_t)MODIFY_ALL;
    case NODE_SORT_LIMIT:
    case NODE_CHANGELOG_NORMALIZE: return MODIFY_ALL;
    case NODE_LIMIT: return changelog_modify_kinds(node_input(n)) == MODIFY_I ? (uint32_t)MODIFY_I : (uint32_t)MODIFY_ALL;
    default: return changelog_modify_kinds(node_input(n));
    }
}

bool changelog_insert_only(const struct node *n) { return changelog_modify_kinds(n) == MODIFY_I; }

static enum form form_of(uint32_t modify, enum form wanted) { return (modify & MODIFY_U) != 0 ? wanted : FORM_NONE; }

static uint32_t bits_of(uint32_t modify, enum form f) {
    uint32_t bits = modify & (CHANGE_I | CHANGE_D);
    if (f == FORM_AFTER) bits |= CHANGE_UA;
    if (f == FORM_BOTH) bits |= CHANGE_UB | CHANGE_UA;
    return bits;
}

/* ---- bottom-up ------------------------------------------------------------------------------------ */

static enum status check_consumption(struct physical *p, const struct node *n) {
    bool insert_only = n->kind == NODE_WINDOW_RANK || n->kind == NODE_WINDOW_DEDUPLICATE || n->kind == NODE_TEMPORAL_SORT;
    for (uint32_t i = 0; i < n->inputs.count; i++) {
        const struct node *in = n->inputs.at[i];
        TRY(check_consumption(p, in));
        uint32_t more = changelog_modify_kinds(in) & ~(uint32_t)MODIFY_I;
        if (!insert_only || more == 0) continue;
        struct buf text = BUF_INIT;
        const struct node *source = in;
        while (source->inputs.count > 0 && (source->kind == NODE_CALC || source->kind == NODE_EXCHANGE)) source = node_input(source);
        node_describe(&text, source);
        error_at(p->rel.error, STATUS_UNSUPPORTED, n->span, "%s doesn't support consuming %s changes which is produced by node %.*s", node_label(n->kind),
                 more == MODIFY_U ? "update" : more == MODIFY_D ? "delete" : "update and delete", (int)text.size_bytes, text.at == NULL ? "" : text.at);
        buf_deinit(&text);
        return STATUS_UNSUPPORTED;
    }
    return STATUS_OK;
}

/* ---- top-down ------------------------------------------------------------------------------------- */

struct walk {
    struct physical *p;
    bool apply;
    enum status status; /* of allocations */
};

static enum form provide(struct walk *w, struct node **slot, enum form required);

static void set_produces(struct walk *w, struct node *n, uint32_t modify, enum form f) {
    if (w->apply) n->produces = bits_of(modify, f);
}

/* The child in the very form asked for. */
static bool child_in(struct walk *w, struct node *n, uint32_t i, enum form required) {
    return provide(w, (struct node **)&n->inputs.at[i], required) == required;
}

static enum form provide_scan(struct walk *w, struct node **slot, enum form required) {
    struct node *n = *slot;
    enum form own = (n->produces & CHANGE_UB) != 0 ? FORM_BOTH : (n->produces & CHANGE_UA) != 0 ? FORM_AFTER : FORM_NONE;
    if (own != FORM_BOTH || required != FORM_AFTER) return own;
    if (!w->apply) return FORM_AFTER;
    struct node *drop = NULL;
    w->status = node_new(w->p, NODE_DROP_UPDATE_BEFORE, n, n->row, n->span, &drop);
    if (w->status != STATUS_OK) return FORM_IMPOSSIBLE;
    drop->produces = n->produces & ~(uint32_t)CHANGE_UB;
    *slot = drop;
    return FORM_AFTER;
}

/* Operators that take rows of one form and make what they are asked for. */
static enum form provide_maker(struct walk *w, struct node *n, enum form of_child, enum form required) {
    uint32_t in = changelog_modify_kinds(node_input(n)), out = changelog_modify_kinds(n);
    if (!child_in(w, n, 0, form_of(in, of_child))) return FORM_IMPOSSIBLE;
    enum form f = form_of(out, required == FORM_NONE ? FORM_AFTER : required);
    set_produces(w, n, out, f);
    return f;
}

/* The rows of an upsert source are good enough where nobody asks for -U: no state is needed. */
static bool normalize_is_idle(const struct node *n) {
    const struct node *in = node_input(n);
    if (n->as.normalize.filter != NULL) return false;
    while (in->inputs.count > 0) in = node_input(in);
    return in->kind == NODE_SCAN && (in->produces & CHANGE_UA) != 0 && (in->produces & CHANGE_UB) == 0;
}

static enum form provide_normalize(struct walk *w, struct node **slot, enum form required) {
    struct node *n = *slot;
    if (required != FORM_AFTER || !normalize_is_idle(n)) return provide_maker(w, n, FORM_AFTER, required);
    struct node *below = node_input(n);
    if (below->kind == NODE_EXCHANGE) below = node_input(below);
    if (!w->apply) return provide(w, &below, required);
    *slot = below;
    return provide(w, slot, required);
}

/* Does the condition look at columns beyond an upsert key? Then an update may leave it: -U must be seen. */
static bool beyond_keys(const struct node *calc) {
    const struct expr *condition = calc->as.calc.condition;
    const struct node *in = node_input(calc);
    bool used[4096] = {false};
    if (condition == NULL) return false;
    if (node_width(in) > 4096) return true;
    expr_inputs(condition, used);
    for (uint32_t k = 0; k < in->upsert_key_count; k++) {
        bool inside = true;
        for (uint32_t i = 0; i < node_width(in) && inside; i++) {
            if (used[i]) inside = key_contains(&in->upsert_keys[k], &i, 1);
        }
        if (inside) return false;
    }
    return true;
}

/* Operators that hand changes on as they are. */
static enum form provide_through(struct walk *w, struct node *n, enum form required) {
    uint32_t out = changelog_modify_kinds(n);
    if (n->kind == NODE_CALC && required == FORM_AFTER && beyond_keys(n)) return FORM_IMPOSSIBLE;
    enum form f = provide(w, (struct node **)&n->inputs.at[0], required);
    if (f != required) return FORM_IMPOSSIBLE;
    set_produces(w, n, out, f);
    return f;
}

static enum form provide_union(struct walk *w, struct node *n, enum form required) {
    enum form all = FORM_NONE;
    for (uint32_t i = 0; i < n->inputs.count; i++) {
        enum form want = form_of(changelog_modify_kinds(n->inputs.at[i]), required);
        if (!child_in(w, n, i, want)) return FORM_IMPOSSIBLE;
        if (want != FORM_NONE) all = want;
    }
    set_produces(w, n, changelog_modify_kinds(n), all);
    return all;
}

/* ---- ranks: which strategy ----------------------------------------------------------------------------- */

static bool is_monotonic(const struct node *n, const struct sort_column *order, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        int m = keys_monotonicity(node_input(n), order[i].column);
        bool good = m == 2 || (m == 1 && order[i].descending) || (m == -1 && !order[i].descending);
        if (!good) return false;
    }
    return count > 0;
}

struct rank_view {
    const uint32_t *partition;
    uint32_t partition_count;
    const struct sort_column *order;
    uint32_t order_count;
    enum rank_strategy *strategy;
    uint32_t **upsert_key;
    uint32_t *upsert_key_count;
};

static struct rank_view view_of(struct node *n) {
    if (n->kind == NODE_SORT_LIMIT) {
        struct sort_params *s = &n->as.sort;
        return (struct rank_view){NULL, 0, s->order, s->order_count, &s->strategy, &s->upsert_key, &s->upsert_key_count};
    }
    struct rank_params *r = &n->as.rank;
    return (struct rank_view){r->partition, r->partition_count, r->order, r->order_count, &r->strategy, &r->upsert_key, &r->upsert_key_count};
}

static const struct key_set *update_fast_key(const struct node *n, const struct rank_view *v) {
    const struct node *in = node_input(n);
    if (!is_monotonic(n, v->order, v->order_count)) return NULL;
    for (uint32_t i = 0; i < in->upsert_key_count; i++) {
        if (key_contains(&in->upsert_keys[i], v->partition, v->partition_count)) return &in->upsert_keys[i];
    }
    return NULL;
}

static enum form provide_rank(struct walk *w, struct node *n, enum form required) {
    struct rank_view v = view_of(n);
    uint32_t in = changelog_modify_kinds(node_input(n)), out = changelog_modify_kinds(n);
    const struct key_set *key = NULL;
    enum rank_strategy strategy = RANK_APPEND_FAST;
    enum form child = FORM_NONE;
    if (in != MODIFY_I) {
        struct walk trial = {w->p, false, STATUS_OK};
        strategy = RANK_RETRACT;
        child = form_of(in, FORM_BOTH);
        key = update_fast_key(n, &v);
        if (key != NULL && child_in(&trial, n, 0, form_of(in, FORM_AFTER))) {
            strategy = RANK_UPDATE_FAST;
            child = form_of(in, FORM_AFTER);
        }
    }
    if (!child_in(w, n, 0, child)) return FORM_IMPOSSIBLE;
    if (w->apply) {
        *v.strategy = strategy;
        if (strategy == RANK_UPDATE_FAST) {
            *v.upsert_key = key->columns;
            *v.upsert_key_count = key->count;
        }
    }
    enum form f = form_of(out, required == FORM_NONE ? FORM_AFTER : required);
    set_produces(w, n, out, f);
    return f;
}

static enum form provide(struct walk *w, struct node **slot, enum form required) {
    struct node *n = *slot;
    required = form_of(changelog_modify_kinds(n), required);
    switch (n->kind) {
    case NODE_SCAN: return provide_scan(w, slot, required);
    case NODE_VALUES: set_produces(w, n, MODIFY_I, FORM_NONE); return FORM_NONE;
    case NODE_UNION: return provide_union(w, n, required);
    case NODE_GROUP_AGG:
    case NODE_LIMIT:
    case NODE_SORT:
    case NODE_WINDOW_AGG: return provide_maker(w, n, FORM_BOTH, required);
    case NODE_WINDOW_RANK:
    case NODE_WINDOW_DEDUPLICATE:
    case NODE_TEMPORAL_SORT: return provide_maker(w, n, FORM_NONE, required);
    case NODE_CHANGELOG_NORMALIZE: return provide_normalize(w, slot, required);
    case NODE_RANK:
    case NODE_SORT_LIMIT: return provide_rank(w, n, required);
    default: return provide_through(w, n, required);
    }
}

static enum status infer_keys(struct physical *p, struct node *n) {
    for (uint32_t i = 0; i < n->inputs.count; i++) TRY(infer_keys(p, n->inputs.at[i]));
    return keys_infer(p, n);
}

enum status changelog_infer(struct physical *p, struct node *sink) {
    assert(sink->kind == NODE_SINK);
    struct node **slot = (struct node **)&sink->inputs.at[0];
    bool before = false, only_after = false;
    TRY(check_consumption(p, *slot));
    TRY(infer_keys(p, *slot));
    uint32_t modify = changelog_modify_kinds(*slot);
    TRY(sink_requirement(p, sink, modify, &before, &only_after));
    enum form choices[2] = {FORM_NONE, FORM_IMPOSSIBLE};
    if ((modify & MODIFY_U) != 0) {
        choices[0] = only_after ? FORM_AFTER : FORM_BOTH;
        if (only_after && before) choices[1] = FORM_BOTH;
    }
    for (int i = 0; i < 2 && choices[i] != FORM_IMPOSSIBLE; i++) {
        struct walk trial = {p, false, STATUS_OK}, real = {p, true, STATUS_OK};
        if (provide(&trial, slot, choices[i]) != choices[i]) continue;
        provide(&real, slot, choices[i]);
        TRY(real.status);
        TRY(infer_keys(p, *slot)); /* DropUpdateBefore came in */
        return STATUS_OK;
    }
    return error_at(p->rel.error, STATUS_UNSUPPORTED, sink->span, "Can't generate a valid execution plan for the given query: no operator can deliver the changes that the sink needs");
}

void changelog_text(struct buf *out, uint32_t bits) {
    static const char *const names[] = {"I", "UB", "UA", "D"};
    bool first = true;
    for (int i = 0; i < 4; i++) {
        if ((bits & 1u << i) == 0) continue;
        if (!first) buf_char(out, ',');
        buf_text(out, names[i]);
        first = false;
    }
    if (first) buf_text(out, "NONE");
}
