/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uid: stable operator ids, and reuse of equal parts of a plan; both work on a text of what a node
 * means.
 *
 * An id is a hash (FNV-1a, twice, 128 bits) of the kind, the parameters by column name, and the ids of
 * the nearest ancestors that keep state or are tables. Table options, parallelism, mini-batch and TTL
 * do not enter. Equal texts are told apart by a number in plan order.
 */
#include "plan/physical.h"

#include "vec/value.h"

#include <assert.h>
#include <string.h>

static uint64_t fnv(struct str s, uint64_t h) {
    for (size_t i = 0; i < s.size_bytes; i++) h = (h ^ (unsigned char)s.at[i]) * UINT64_C(0x100000001b3);
    return h;
}

/* ---- text ---------------------------------------------------------------------------------------------- */

static void names_of(const struct node *n, struct str *names) {
    for (uint32_t i = 0; i < node_width(n); i++) names[i] = n->row->children[i].name;
}

/* What column `column` of n is, as an expression over names of its sources. */
static void column_text(struct arena *a, struct buf *out, const struct node *n, uint32_t column) {
    while (n->kind == NODE_EXCHANGE || n->kind == NODE_WATERMARK || n->kind == NODE_MINI_BATCH_ASSIGNER || n->kind == NODE_DROP_UPDATE_BEFORE) n = node_input(n);
    if (n->kind != NODE_CALC) {
        buf_str(out, n->row->children[column].name);
        return;
    }
    const struct expr *e = n->as.calc.exprs[column];
    const struct node *in = node_input(n);
    if (e->kind == EXPR_INPUT) {
        column_text(a, out, in, e->index);
        return;
    }
    struct str *names = ARENA_ARRAY(a, struct str, node_width(in));
    if (names == NULL) return;
    names_of(in, names);
    expr_print(out, e, names);
}

static void columns_text(struct arena *a, struct buf *out, const struct node *in, const uint32_t *columns, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        buf_char(out, ' ');
        column_text(a, out, in, columns[i]);
    }
    buf_char(out, ';');
}

static void order_text(struct arena *a, struct buf *out, const struct node *in, const struct sort_column *order, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        buf_char(out, ' ');
        column_text(a, out, in, order[i].column);
        buf_text(out, order[i].descending ? " DESC" : " ASC");
        buf_text(out, order[i].nulls_last ? " LAST" : " FIRST");
    }
    buf_char(out, ';');
}

static void calls_text(struct arena *a, struct buf *out, const struct node *in, const struct agg_call *aggs, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        buf_format(out, " %.*s%s(", STR_ARG(aggs[i].func->name), aggs[i].distinct ? " DISTINCT" : "");
        columns_text(a, out, in, aggs[i].args, aggs[i].arg_count);
        if (aggs[i].filter >= 0) {
            buf_text(out, " FILTER ");
            column_text(a, out, in, (uint32_t)aggs[i].filter);
        }
        buf_char(out, ')');
    }
}

static void window_text(struct arena *a, struct buf *out, const struct node *in, const struct window *w) {
    buf_format(out, " window %d %lld %lld %lld", (int)w->kind, (long long)w->size_ms, (long long)w->slide_ms, (long long)w->offset_ms);
    if (w->time_column >= 0) {
        buf_char(out, ' ');
        column_text(a, out, in, (uint32_t)w->time_column);
    }
}

static void table_text(struct buf *out, const struct table *t) {
    if (t != NULL) buf_format(out, " %.*s.%.*s.%.*s", STR_ARG(t->catalog), STR_ARG(t->database), STR_ARG(t->name));
}

static void params_text(struct arena *a, struct buf *out, const struct node *n) {
    const struct node *in = node_input(n);
    switch (n->kind) {
    case NODE_GLOBAL_GROUP_AGG:
        n = node_local(n);
        if (n->kind == NODE_INCREMENTAL_GROUP_AGG) {
            buf_text(out, " incremental");
            columns_text(a, out, node_local(n), n->as.group_agg.final_keys, n->as.group_agg.final_key_count);
        } else params_text(a, out, n);
        break;
    case NODE_GLOBAL_WINDOW_AGG: params_text(a, out, node_local(n)); break;
    case NODE_INCREMENTAL_GROUP_AGG:
        columns_text(a, out, node_local(n), n->as.group_agg.final_keys, n->as.group_agg.final_key_count);
        params_text(a, out, node_local(n));
        break;
    case NODE_SCAN: table_text(out, n->as.scan.table); break;
    case NODE_SINK: table_text(out, n->as.sink.table); break;
    case NODE_LOCAL_GROUP_AGG:
    case NODE_GROUP_AGG:
        columns_text(a, out, in, n->as.group_agg.keys, n->as.group_agg.key_count);
        calls_text(a, out, in, n->as.group_agg.aggs, n->as.group_agg.agg_count);
        break;
    case NODE_LOCAL_WINDOW_AGG:
    case NODE_WINDOW_AGG:
        window_text(a, out, in, &n->as.window_agg.window);
        columns_text(a, out, in, n->as.window_agg.keys, n->as.window_agg.key_count);
        calls_text(a, out, in, n->as.window_agg.aggs, n->as.window_agg.agg_count);
        break;
    case NODE_RANK:
        columns_text(a, out, in, n->as.rank.partition, n->as.rank.partition_count);
        order_text(a, out, in, n->as.rank.order, n->as.rank.order_count);
        buf_format(out, " %lld %lld %d %d", (long long)n->as.rank.from, (long long)n->as.rank.to, n->as.rank.with_rank, (int)n->as.rank.strategy);
        break;
    case NODE_WINDOW_RANK:
    case NODE_WINDOW_DEDUPLICATE:
        columns_text(a, out, in, n->as.window_rank.rank.partition, n->as.window_rank.rank.partition_count);
        order_text(a, out, in, n->as.window_rank.rank.order, n->as.window_rank.rank.order_count);
        break;
    case NODE_DEDUPLICATE: columns_text(a, out, in, n->as.deduplicate.keys, n->as.deduplicate.key_count); break;
    case NODE_CHANGELOG_NORMALIZE: columns_text(a, out, in, n->as.normalize.keys, n->as.normalize.key_count); break;
    case NODE_SINK_MATERIALIZER:
    case NODE_SINK_COMPACTOR: columns_text(a, out, in, n->as.materialize.key, n->as.materialize.key_count); break;
    case NODE_LIMIT:
    case NODE_SORT_LIMIT:
    case NODE_TEMPORAL_SORT:
    case NODE_SORT:
        order_text(a, out, in, n->as.sort.order, n->as.sort.order_count);
        buf_format(out, " %lld %lld", (long long)n->as.sort.offset, (long long)n->as.sort.limit);
        break;
    default: break;
    }
}

/* The ids of the nearest ancestors with state, or tables. */
static void ancestors_text(struct buf *out, const struct node *n) {
    for (uint32_t i = 0; i < n->inputs.count; i++) {
        const struct node *in = n->inputs.at[i];
        if (node_has_state(in->kind) || in->inputs.count == 0) buf_format(out, " <%.*s>", STR_ARG(in->uid));
        else ancestors_text(out, in);
    }
}

/* The state of an aggregate is the same in one phase and in two. */
static enum node_kind kind_of_state(enum node_kind k) {
    return k == NODE_GLOBAL_GROUP_AGG ? NODE_GROUP_AGG : k == NODE_GLOBAL_WINDOW_AGG ? NODE_WINDOW_AGG : k;
}

enum status uid_assign(struct physical *p) {
    struct strmap *seen = strmap_new(p->rel.arena);
    struct buf text = BUF_INIT;
    uint64_t all = UINT64_C(0xcbf29ce484222325);
    enum status s = seen == NULL ? error_no_memory(p->rel.error, 64) : STATUS_OK;
    for (uint32_t i = 0; s == STATUS_OK && i < p->plan->nodes.count; i++) {
        struct node *n = p->plan->nodes.at[i];
        buf_reset(&text);
        buf_text(&text, node_label(kind_of_state(n->kind)));
        params_text(p->rel.arena, &text, n);
        ancestors_text(&text, n);
        if (text.failed) s = error_no_memory(p->rel.error, 64);
        if (s != STATUS_OK) break;
        uintptr_t tie = (uintptr_t)strmap_get(seen, buf_view(&text));
        s = strmap_put(seen, buf_view(&text), (void *)(tie + 1));
        if (tie > 0) buf_format(&text, " #%u", (unsigned)tie);
        all = fnv(buf_view(&text), all);
        n->uid = arena_format(p->rel.arena, "%016llx%016llx", (unsigned long long)fnv(buf_view(&text), UINT64_C(0xcbf29ce484222325)),
                              (unsigned long long)fnv(buf_view(&text), UINT64_C(0x84222325cbf29ce4)));
        if (n->uid.at == NULL) s = error_no_memory(p->rel.error, 64);
    }
    buf_deinit(&text);
    p->plan->fingerprint = all;
    return s;
}
