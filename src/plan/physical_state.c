/* SPDX-License-Identifier: Apache-2.0 */
/*
 * physical_state: operators whose form follows from their place: Top-N and its window forms, sorts,
 * window aggregates, and the normalisation of upsert sources.
 */
#include "plan/physical.h"

#include <assert.h>
#include <string.h>

static enum status no_memory(const struct physical *p) { return error_no_memory(p->rel.error, sizeof(struct node)); }

/* ---- ranks ------------------------------------------------------------------------------------ */

struct window_partition {
    const struct window *window;
    int32_t start, end;
};

/* Does the partition hold start and end of one window? */
static bool window_of_partition(const struct rel *r, struct window_partition *ret) {
    const struct rel_rank *k = &r->as.rank;
    for (uint32_t i = 0; i < k->partition_count; i++) {
        struct window_column s = rel_window_column(rel_input(r), k->partition[i]);
        if (s.property != WINDOW_COLUMN_START) continue;
        for (uint32_t j = 0; j < k->partition_count; j++) {
            struct window_column e = rel_window_column(rel_input(r), k->partition[j]);
            if (e.property != WINDOW_COLUMN_END || e.source != s.source) continue;
            *ret = (struct window_partition){s.window, (int32_t)k->partition[i], (int32_t)k->partition[j]};
            return true;
        }
    }
    return false;
}

static enum status rank_params_of(struct physical *p, const struct rel_rank *k, struct rank_params *ret) {
    *ret = (struct rank_params){.partition = k->partition, .partition_count = k->partition_count, .order = k->order, .order_count = k->order_count,
                                .from = k->from, .to = k->to, .to_column = k->to_column, .with_rank = k->with_rank, .strategy = RANK_APPEND_FAST,
                                .cache_rows = session_int(p->session, "table.exec.rank.topn-cache-size"),
                                .ttl_ms = session_int(p->session, "table.exec.state.ttl")};
    return STATUS_OK;
}

static enum status physical_window_rank(struct physical *p, const struct rel *r, const struct window_partition *w, struct node *input, struct node **ret) {
    const struct rel_rank *k = &r->as.rank;
    uint32_t *keys = ARENA_ARRAY(p->rel.arena, uint32_t, k->partition_count), n = 0;
    if (keys == NULL) return no_memory(p);
    for (uint32_t i = 0; i < k->partition_count; i++) {
        if (rel_window_column(rel_input(r), k->partition[i]).property == WINDOW_COLUMN_NONE) keys[n++] = k->partition[i];
    }
    if (!w->window->event_time) {
        return error_at(p->rel.error, STATUS_UNSUPPORTED, r->span, "Processing time Window TopN is not supported yet.");
    }
    if (k->to_column >= 0) return error_at(p->rel.error, STATUS_UNSUPPORTED, r->span, "Window TopN needs a constant bound");
    TRY(node_exchange(p, input, keys, n, &input));
    const struct type *order_type = input->row->children[k->order[0].column].type;
    bool dedup = k->from == 1 && k->to == 1 && !k->with_rank && k->order_count == 1 && order_type->time_attr == TIME_ATTR_ROWTIME;
    TRY(node_new(p, dedup ? NODE_WINDOW_DEDUPLICATE : NODE_WINDOW_RANK, input, r->row, r->span, ret));
    struct window_rank_params *params = &(*ret)->as.window_rank;
    TRY(rank_params_of(p, k, &params->rank));
    params->rank.partition = keys;
    params->rank.partition_count = n;
    params->window_end = w->end;
    params->event_time = w->window->event_time;
    params->local_zone = w->window->local_zone;
    params->deduplicate = dedup;
    params->keep_last = dedup && k->order[0].descending;
    params->time_column = k->order[0].column;
    return STATUS_OK;
}

enum status physical_rank(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    const struct rel_rank *k = &r->as.rank;
    struct window_partition w;
    if (window_of_partition(r, &w)) return physical_window_rank(p, r, &w, input, ret);
    TRY(node_exchange(p, input, k->partition, k->partition_count, &input));
    TRY(node_new(p, NODE_RANK, input, r->row, r->span, ret));
    return rank_params_of(p, k, &(*ret)->as.rank);
}

/* ---- sorts --------------------------------------------------------------------------------------- */

/* ORDER BY at the end of bounded input: as in Flink, only where a setting asks for it. */
static enum status allow_sort(struct physical *p, const struct rel *r) {
    if (r->as.sort.offset == 0 && session_bool(p->session, "__table.exec.sort.non-temporal.enabled__")) return STATUS_OK;
    error_at(p->rel.error, STATUS_UNSUPPORTED, r->span, "A stream has no end at which it could be sorted");
    return error_hint(p->rel.error, "Add LIMIT n, or let ORDER BY begin with an ascending time attribute; "
                                    "SET '__table.exec.sort.non-temporal.enabled__' = 'true' sorts bounded input when it ends");
}

enum status physical_sort(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    const struct rel_sort *s = &r->as.sort;
    enum node_kind kind = NODE_LIMIT;
    bool rowtime = false;
    if (s->order_count > 0 && s->limit >= 0) kind = NODE_SORT_LIMIT;
    if (s->order_count > 0 && s->limit < 0) {
        enum time_attr attr = input->row->children[s->order[0].column].type->time_attr;
        bool by_time = attr != TIME_ATTR_NONE && !s->order[0].descending && s->offset == 0;
        if (!by_time) TRY(allow_sort(p, r));
        kind = by_time ? NODE_TEMPORAL_SORT : NODE_SORT;
        rowtime = attr == TIME_ATTR_ROWTIME;
    }
    TRY(node_exchange(p, input, NULL, 0, &input));
    TRY(node_new(p, kind, input, r->row, r->span, ret));
    (*ret)->as.sort = (struct sort_params){.order = s->order, .order_count = s->order_count, .offset = s->offset, .limit = s->limit,
                                           .rowtime = rowtime, .time_column = s->order_count > 0 ? s->order[0].column : 0,
                                           .ttl_ms = kind == NODE_SORT_LIMIT ? (*ret)->state_ttl_ms : 0};
    return STATUS_OK;
}

/* ---- window aggregates ------------------------------------------------------------------------------ */

enum status physical_window_agg(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    const struct rel_window_agg *w = &r->as.window_agg;
    TRY(node_exchange(p, input, w->aggregate.keys, w->aggregate.key_count, &input));
    TRY(node_new(p, NODE_WINDOW_AGG, input, r->row, r->span, ret));
    struct window_agg_params *a = &(*ret)->as.window_agg;
    a->window = w->window;
    a->attached = w->attached;
    a->attached_start = w->attached_start;
    a->attached_end = w->attached_end;
    a->keys = w->aggregate.keys;
    a->key_count = w->aggregate.key_count;
    a->aggs = w->aggregate.aggs;
    a->agg_count = w->aggregate.agg_count;
    a->property_count = w->property_count;
    a->properties = arena_calloc(p->rel.arena, w->property_count, sizeof *a->properties);
    if (a->properties == NULL) return no_memory(p);
    for (uint32_t i = 0; i < w->property_count; i++) {
        a->properties[i].kind = w->properties[i] == WINDOW_COLUMN_START ? WINDOW_PROPERTY_START
                                : w->properties[i] == WINDOW_COLUMN_END ? WINDOW_PROPERTY_END
                                                                        : WINDOW_PROPERTY_TIME;
    }
    return STATUS_OK;
}

/* ---- upsert sources ---------------------------------------------------------------------------------- */

/* Where table column `column` is in r's output; -1: dropped. */
static int32_t column_at(const struct rel *r, uint32_t column) {
    if (r->kind == REL_SCAN) {
        for (uint32_t i = 0; i < rel_width(r); i++) {
            if (r->as.scan.columns[i] == column) return (int32_t)i;
        }
        return -1;
    }
    int32_t below = column_at(rel_input(r), column);
    if (below < 0 || r->kind != REL_PROJECT) return below;
    for (uint32_t i = 0; i < rel_width(r); i++) {
        const struct expr *e = r->as.project.exprs[i];
        if (e->kind == EXPR_INPUT && (int32_t)e->index == below) return (int32_t)i;
    }
    return -1;
}

static const struct rel *source_scan(const struct rel *r) {
    if (r->kind == REL_WATERMARK) r = rel_input(r);
    while (r->kind == REL_PROJECT) r = rel_input(r);
    return r->kind == REL_SCAN ? r : NULL;
}

/* r: a scan, or a watermark assigner over one whose keys are still there. */
bool physical_is_upsert_source(const struct physical *p, const struct rel *r) {
    const struct rel *scan = r->kind == REL_SCAN || r->kind == REL_WATERMARK ? source_scan(r) : NULL;
    if (scan == NULL) return false;
    uint32_t c = scan->as.scan.changelog;
    bool upserts = (c & CHANGE_UA) != 0 && (c & CHANGE_UB) == 0;
    if (!upserts && (c == CHANGE_I || !session_bool(p->session, "table.exec.source.cdc-events-duplicate"))) return false;
    for (uint32_t i = 0; i < scan->as.scan.table->key_count; i++) {
        if (column_at(r, scan->as.scan.table->key[i]) < 0) return false;
    }
    return scan->as.scan.table->key_count > 0;
}

enum status physical_normalize(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    const struct table *t = source_scan(r)->as.scan.table;
    uint32_t *keys = ARENA_ARRAY(p->rel.arena, uint32_t, t->key_count);
    if (keys == NULL) return no_memory(p);
    for (uint32_t i = 0; i < t->key_count; i++) {
        int32_t c = column_at(r, t->key[i]);
        assert(c >= 0);
        keys[i] = (uint32_t)c;
    }
    TRY(node_exchange(p, input, keys, t->key_count, &input));
    TRY(node_new(p, NODE_CHANGELOG_NORMALIZE, input, r->row, r->span, ret));
    struct normalize_params *n = &(*ret)->as.normalize;
    n->keys = keys;
    n->key_count = t->key_count;
    n->ttl_ms = (*ret)->state_ttl_ms;
    n->mini_batch = session_bool(p->session, "table.exec.mini-batch.enabled");
    n->mini_batch_rows = session_int(p->session, "table.exec.mini-batch.size");
    return STATUS_OK;
}

static bool only_keys(const struct normalize_params *n, const struct expr *e) {
    if (e->kind == EXPR_INPUT) {
        for (uint32_t i = 0; i < n->key_count; i++) {
            if (n->keys[i] == e->index) return true;
        }
        return false;
    }
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (!only_keys(n, e->args[i])) return false;
    }
    return true;
}

enum status physical_filter_normalized(struct physical *p, struct node *normalize, struct expr *condition, struct node **ret) {
    struct normalize_params *n = &normalize->as.normalize;
    struct list all = {0}, below = {0}, inside = {0};
    TRY(expr_conjuncts(p->rel.arena, condition, &all));
    if (n->filter != NULL) TRY(list_push(&inside, p->rel.arena, n->filter));
    for (uint32_t i = 0; i < all.count; i++) TRY(list_push(only_keys(n, all.at[i]) ? &below : &inside, p->rel.arena, all.at[i]));
    if (below.count > 0) {
        struct node *exchange = node_input(normalize), *filter = NULL;
        struct node *source = exchange->kind == NODE_EXCHANGE ? node_input(exchange) : exchange;
        TRY(node_filter(p, source, expr_and(&p->rel, &below), &filter));
        if (exchange->kind == NODE_EXCHANGE) exchange->inputs.at[0] = filter;
        else normalize->inputs.at[0] = filter;
    }
    n->filter = expr_and(&p->rel, &inside);
    *ret = normalize;
    return STATUS_OK;
}
