/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_node: one operator as a line, in the manner of Flink's node descriptions:
 * GroupAggregate(groupBy=[k], select=[k, COUNT(*) AS EXPR$1]).
 */
#include "plan/physical.h"

#include <assert.h>

struct writer {
    struct buf *out;
    bool first;
};

static void item(struct writer *w, const char *name) {
    buf_format(w->out, "%s%s=[", w->first ? "" : ", ", name);
    w->first = false;
}

static void end(struct writer *w) { buf_char(w->out, ']'); }

static struct str column(const struct node *n, uint32_t c) { return n->row->children[c].name; }

static void columns(struct writer *w, const struct node *n, const uint32_t *list, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_text(w->out, ", ");
        buf_str(w->out, column(n, list[i]));
    }
}

static void all_columns(struct writer *w, const struct node *n) {
    for (uint32_t i = 0; i < node_width(n); i++) {
        if (i > 0) buf_text(w->out, ", ");
        buf_str(w->out, column(n, i));
    }
}

static void expression(struct writer *w, const struct node *in, const struct expr *e) {
    struct str names[1024];
    uint32_t n = node_width(in);
    if (n > 1024) {
        buf_text(w->out, "...");
        return;
    }
    for (uint32_t i = 0; i < n; i++) names[i] = column(in, i);
    expr_print(w->out, e, names);
}

static void table_name(struct buf *out, const struct table *t, const char *separator) {
    buf_format(out, "%.*s%s%.*s%s%.*s", STR_ARG(t->catalog), separator, STR_ARG(t->database), separator, STR_ARG(t->name));
}

static void describe_calc(struct writer *w, const struct node *n) {
    const struct node *in = node_input(n);
    item(w, "select");
    for (uint32_t i = 0; i < n->as.calc.expr_count; i++) {
        const struct expr *e = n->as.calc.exprs[i];
        if (i > 0) buf_text(w->out, ", ");
        expression(w, in, e);
        bool same = e->kind == EXPR_INPUT && str_equal(column(in, e->index), column(n, i));
        if (!same) buf_format(w->out, " AS %.*s", STR_ARG(column(n, i)));
    }
    end(w);
    if (n->as.calc.condition == NULL) return;
    item(w, "where");
    expression(w, in, n->as.calc.condition);
    end(w);
}

static void describe_call(struct writer *w, const struct node *in, const struct agg_call *c) {
    buf_format(w->out, "%.*s%s(%s", STR_ARG(c->func->name), c->retract ? "_RETRACT" : "", c->distinct ? "DISTINCT " : "");
    if (c->arg_count == 0) buf_char(w->out, '*');
    columns(w, in, c->args, c->arg_count);
    buf_char(w->out, ')');
    if (c->filter >= 0) buf_format(w->out, " FILTER %.*s", STR_ARG(column(in, (uint32_t)c->filter)));
    buf_format(w->out, " AS %.*s", STR_ARG(c->name));
}

static void describe_calls(struct writer *w, const struct node *in, const uint32_t *keys, uint32_t key_count, const struct agg_call *aggs, uint32_t count) {
    item(w, "select");
    columns(w, in, keys, key_count);
    for (uint32_t i = 0; i < count; i++) {
        if (i + key_count > 0) buf_text(w->out, ", ");
        describe_call(w, in, &aggs[i]);
    }
}

static void duration(struct buf *out, int64_t ms) {
    static const struct { int64_t ms; const char *unit; } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}, {1, "ms"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (ms % units[i].ms != 0) continue;
        buf_format(out, "%lld %s", (long long)(ms / units[i].ms), units[i].unit);
        return;
    }
}

static void describe_window(struct writer *w, const struct node *in, const struct window *win, int32_t start, int32_t end_column, struct str slice) {
    static const char *const names[] = {"TUMBLE", "HOP", "CUMULATE", "SESSION"};
    static const char *const sizes[] = {"size", "size", "max_size", "gap"};
    item(w, "window");
    buf_format(w->out, "%s(", names[win->kind]);
    if (slice.size_bytes > 0) buf_format(w->out, "%s=[%.*s], ", str_equal(slice, STR("$slice_end")) ? "slice_end" : "win_end", STR_ARG(slice));
    else if (win->time_column >= 0) buf_format(w->out, "time_col=[%.*s], ", STR_ARG(column(in, (uint32_t)win->time_column)));
    else if (start >= 0) buf_format(w->out, "win_start=[%.*s], win_end=[%.*s], ", STR_ARG(column(in, (uint32_t)start)), STR_ARG(column(in, (uint32_t)end_column)));
    buf_format(w->out, "%s=[", sizes[win->kind]);
    duration(w->out, win->size_ms);
    if (win->kind == WINDOW_HOP || win->kind == WINDOW_CUMULATE) {
        buf_text(w->out, win->kind == WINDOW_HOP ? "], slide=[" : "], step=[");
        duration(w->out, win->slide_ms);
    }
    if (win->offset_ms != 0) {
        buf_text(w->out, "], offset=[");
        duration(w->out, win->offset_ms);
    }
    buf_text(w->out, "])");
    end(w);
}

/* ---- two phases: Flink's names of accumulator columns, numbered over all calls ---- */

static void describe_accumulator(struct writer *w, const struct agg_call *c, uint32_t *number) {
    uint32_t n = c->impl->partial_count(c);
    if (n > 1) buf_char(w->out, '(');
    for (uint32_t k = 0; k < n; k++) buf_format(w->out, "%s%s$%u", k > 0 ? ", " : "", c->impl->partial_name(c, k), (*number)++);
    if (n > 1) buf_char(w->out, ')');
}

static void describe_local_call(struct writer *w, const struct node *in, const struct agg_call *c, int32_t set, uint32_t *number) {
    buf_format(w->out, "%.*s%s(", STR_ARG(c->func->name), c->retract ? "_RETRACT" : "");
    if (set >= 0) buf_format(w->out, "distinct$%d ", (int)set);
    if (c->arg_count == 0) buf_char(w->out, '*');
    columns(w, in, c->args, c->arg_count);
    buf_char(w->out, ')');
    if (c->filter >= 0) buf_format(w->out, " FILTER %.*s", STR_ARG(column(in, (uint32_t)c->filter)));
    buf_text(w->out, " AS ");
    describe_accumulator(w, c, number);
}

static void describe_global_call(struct writer *w, const struct agg_call *c, int32_t set, uint32_t *number) {
    buf_format(w->out, "%.*s%s(", STR_ARG(c->func->name), c->retract ? "_RETRACT" : "");
    if (set >= 0) buf_format(w->out, "distinct$%d ", (int)set);
    describe_accumulator(w, c, number);
    buf_format(w->out, ") AS %.*s", STR_ARG(c->name));
}

static bool counts_all(const struct agg_call *calls, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (calls[i].arg_count == 0 && calls[i].filter < 0) return true;
    }
    return false;
}

/* The select list of a local (`local` set) or global aggregate; left open. */
static void describe_phase(struct writer *w, const struct node *n, const uint32_t *keys, uint32_t key_count, const struct agg_call *calls, uint32_t count, bool local, bool rows,
                           bool retracts) {
    const struct node *in = node_input(n);
    int32_t set_of[1024];
    uint32_t number = 0, shown = key_count, sets = count <= 1024 ? agg_distinct_sets(calls, count, set_of) : 0;
    item(w, "select");
    columns(w, in, keys, key_count);
    for (uint32_t i = 0; i < count && count <= 1024; i++) {
        if (shown++ > 0) buf_text(w->out, ", ");
        if (local) describe_local_call(w, in, &calls[i], set_of[i], &number);
        else describe_global_call(w, &calls[i], set_of[i], &number);
    }
    if (!local) return;
    if (rows && !counts_all(calls, count)) buf_format(w->out, "%sCOUNT%s(*) AS count1$%u", shown++ > 0 ? ", " : "", retracts ? "_RETRACT" : "", number);
    for (uint32_t k = 0; k < sets; k++) {
        uint32_t i = 0;
        while (set_of[i] != (int32_t)k) i++;
        buf_format(w->out, "%sDISTINCT(", shown++ > 0 ? ", " : "");
        columns(w, in, calls[i].args, calls[i].arg_count);
        buf_format(w->out, ") AS distinct$%u", k);
    }
}

static void describe_window_agg(struct writer *w, const struct node *n) {
    static const char *const properties[] = {"start('w$) AS ", "end('w$) AS ", "rowtime('w$) AS "};
    const struct window_agg_params *a = &n->as.window_agg;
    const struct node *in = node_input(n);
    bool local = n->kind == NODE_LOCAL_WINDOW_AGG, global = n->kind == NODE_GLOBAL_WINDOW_AGG;
    if (a->key_count > 0) {
        item(w, "groupBy");
        columns(w, in, a->keys, a->key_count);
        end(w);
    }
    describe_window(w, in, &a->window, a->attached_start, a->attached_end, global ? column(in, (uint32_t)a->slice_column) : (struct str){0});
    if (local || global) describe_phase(w, n, a->keys, a->key_count, a->aggs, a->agg_count, local, window_agg_counts_rows(a), a->input_retracts);
    else describe_calls(w, in, a->keys, a->key_count, a->aggs, a->agg_count);
    if (local) buf_format(w->out, "%sslice_end('w$) AS %.*s", node_width(n) > 1 ? ", " : "", STR_ARG(column(n, node_width(n) - 1)));
    for (uint32_t i = 0; i < a->property_count; i++) {
        if (i + a->key_count + a->agg_count > 0) buf_text(w->out, ", ");
        buf_format(w->out, "%s%.*s", properties[a->properties[i].kind], STR_ARG(column(n, a->key_count + a->agg_count + i)));
    }
    end(w);
}

static void describe_part(struct writer *w, enum agg_part part) {
    if (part == AGG_PART_WHOLE) return;
    item(w, "partialFinalType");
    buf_text(w->out, part == AGG_PART_PARTIAL ? "PARTIAL" : "FINAL");
    end(w);
}

static void describe_group_agg(struct writer *w, const struct node *n) {
    const struct group_agg_params *g = &n->as.group_agg;
    const struct node *in = node_input(n);
    if (g->key_count > 0) {
        item(w, "groupBy");
        columns(w, in, g->keys, g->key_count);
        end(w);
    }
    describe_part(w, g->part);
    if (n->kind == NODE_GROUP_AGG) describe_calls(w, in, g->keys, g->key_count, g->aggs, g->agg_count);
    else describe_phase(w, n, g->keys, g->key_count, g->aggs, g->agg_count, n->kind == NODE_LOCAL_GROUP_AGG, g->input_retracts, g->input_retracts);
    end(w);
}

static void describe_incremental(struct writer *w, const struct node *n) {
    const struct group_agg_params *g = &n->as.group_agg;
    const struct node *in = node_input(n);
    int32_t set_of[1024];
    uint32_t number = 0, again = 0;
    if (g->agg_count <= 1024) (void)agg_distinct_sets(g->aggs, g->agg_count, set_of);
    item(w, "partialAggGrouping");
    columns(w, in, g->keys, g->key_count);
    end(w);
    item(w, "finalAggGrouping");
    columns(w, in, g->final_keys, g->final_key_count);
    end(w);
    item(w, "select");
    columns(w, in, g->final_keys, g->final_key_count);
    for (uint32_t i = 0; i < g->agg_count && g->agg_count <= 1024; i++) {
        const struct agg_call *c = &g->aggs[i];
        buf_format(w->out, "%s%.*s%s(", i + g->final_key_count > 0 ? ", " : "", STR_ARG(c->func->name), c->retract ? "_RETRACT" : "");
        if (set_of[i] >= 0) buf_format(w->out, "distinct$%d ", (int)set_of[i]);
        describe_accumulator(w, c, &number);
        buf_text(w->out, ") AS ");
        describe_accumulator(w, c, &again);
    }
    if (g->input_retracts && !counts_all(g->aggs, g->agg_count)) buf_format(w->out, ", COUNT_RETRACT(count1$%u) AS count1$%u", number, number);
    end(w);
}

static void describe_order(struct writer *w, const struct node *in, const struct sort_column *order, uint32_t count) {
    item(w, "orderBy");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_text(w->out, ", ");
        buf_format(w->out, "%.*s %s", STR_ARG(column(in, order[i].column)), order[i].descending ? "DESC" : "ASC");
    }
    end(w);
}

static void describe_strategy(struct writer *w, enum rank_strategy s, const uint32_t *key, uint32_t count) {
    static const char *const names[] = {"AppendFastStrategy", "UpdateFastStrategy", "RetractStrategy"};
    item(w, "strategy");
    buf_text(w->out, names[s]);
    for (uint32_t i = 0; s == RANK_UPDATE_FAST && i < count; i++) buf_format(w->out, "%s%u", i == 0 ? "[" : ",", key[i]);
    if (s == RANK_UPDATE_FAST) buf_char(w->out, ']');
    end(w);
}

static void describe_rank(struct writer *w, const struct node *n, const struct rank_params *r) {
    const struct node *in = node_input(n);
    if (n->kind == NODE_RANK) describe_strategy(w, r->strategy, r->upsert_key, r->upsert_key_count);
    item(w, "rankType");
    buf_text(w->out, "ROW_NUMBER");
    end(w);
    item(w, "rankRange");
    if (r->to_column >= 0) buf_format(w->out, "rankEnd=%.*s", STR_ARG(column(in, (uint32_t)r->to_column)));
    else buf_format(w->out, "rankStart=%lld, rankEnd=%lld", (long long)r->from, (long long)r->to);
    end(w);
    item(w, "partitionBy");
    columns(w, in, r->partition, r->partition_count);
    end(w);
    describe_order(w, in, r->order, r->order_count);
    item(w, "select");
    all_columns(w, n);
    end(w);
}

static void describe_deduplicate(struct writer *w, const struct node *n, const uint32_t *keys, uint32_t count, bool last, bool rowtime) {
    item(w, "keep");
    buf_text(w->out, last ? "LastRow" : "FirstRow");
    end(w);
    item(w, "key");
    columns(w, node_input(n), keys, count);
    end(w);
    item(w, "order");
    buf_text(w->out, rowtime ? "ROWTIME" : "PROCTIME");
    end(w);
}

static void describe_sort(struct writer *w, const struct node *n) {
    const struct sort_params *s = &n->as.sort;
    if (s->order_count > 0) describe_order(w, node_input(n), s->order, s->order_count);
    if (n->kind == NODE_TEMPORAL_SORT || n->kind == NODE_SORT) return;
    item(w, "offset");
    buf_i64(w->out, s->offset);
    end(w);
    item(w, "fetch");
    if (s->limit >= 0) buf_i64(w->out, s->limit);
    else buf_text(w->out, "unlimited");
    end(w);
    if (n->kind == NODE_SORT_LIMIT) describe_strategy(w, s->strategy, s->upsert_key, s->upsert_key_count);
}

/* Are these the table's columns as they are declared? */
static bool is_whole(const struct scan_params *s) {
    uint32_t read = 0;
    for (uint32_t i = 0; i < s->column_count; i++) {
        if (s->path_counts[i] > 0) return false;
    }
    for (uint32_t i = 0; i < s->table->column_count; i++) read += s->table->columns[i].kind != AST_COMPUTED;
    return read == s->column_count;
}

/* What the planner asked of the source: partitions, the condition above, columns, a limit. */
static void describe_pushed(struct writer *w, const struct node *n) {
    const struct scan_params *s = &n->as.scan;
    struct str names[64];
    uint32_t partitions = s->table->partitioned_by.count;
    for (uint32_t i = 0; i < partitions && i < 64; i++) names[i] = *(const struct str *)s->table->partitioned_by.at[i];
    if (s->partition != NULL && partitions <= 64) {
        buf_text(w->out, ", partitions=[");
        expr_print(w->out, s->partition, names);
        buf_char(w->out, ']');
    }
    if (s->filter != NULL) {
        buf_text(w->out, ", filter=[");
        expression(w, n, s->filter);
        buf_char(w->out, ']');
    }
    if (!is_whole(s)) {
        buf_text(w->out, ", project=[");
        all_columns(w, n);
        buf_text(w->out, "], metadata=[]");
    }
    if (s->limit >= 0) buf_format(w->out, ", limit=[%lld]", (long long)s->limit);
}

static void describe_scan(struct writer *w, const struct node *n) {
    item(w, "table");
    buf_char(w->out, '[');
    table_name(w->out, n->as.scan.table, ", ");
    describe_pushed(w, n);
    buf_char(w->out, ']');
    end(w);
    item(w, "fields");
    all_columns(w, n);
    end(w);
}

static void describe_sink(struct writer *w, const struct node *n) {
    item(w, "table");
    if (n->as.sink.table == NULL) buf_text(w->out, "*client*");
    else table_name(w->out, n->as.sink.table, ".");
    end(w);
    item(w, "fields");
    all_columns(w, n);
    end(w);
    const struct node *in = node_input(n);
    if (in->kind != NODE_SINK_MATERIALIZER && in->kind != NODE_SINK_COMPACTOR) return;
    item(w, "upsertMaterialize");
    buf_text(w->out, "true");
    end(w);
}

static void describe_exchange(struct writer *w, const struct node *n) {
    static const char *const names[] = {"forward", "hash", "single", "rebalance"};
    const struct exchange_params *x = &n->as.exchange;
    item(w, "distribution");
    buf_text(w->out, names[x->distribution]);
    if (x->distribution == DISTRIBUTION_HASH) {
        buf_char(w->out, '[');
        columns(w, n, x->keys, x->key_count);
        buf_char(w->out, ']');
    }
    end(w);
}

static void describe_constraint(struct writer *w, const struct node *n) {
    const struct constraint_params *c = &n->as.constraint;
    static const char *const modes[] = {"IGNORE", "ERROR", "DROP", "TRIM_PAD"};
    if (c->not_null_count > 0) {
        buf_format(w->out, "NotNullEnforcer(%s)=[", modes[c->not_null_mode]);
        columns(w, n, c->not_null, c->not_null_count);
        end(w);
        w->first = false;
    }
    if (c->length_count == 0) return;
    buf_format(w->out, "%sLengthEnforcer(%s)=[", w->first ? "" : ", ", modes[c->length_mode]);
    columns(w, n, c->lengths, c->length_count);
    end(w);
}

static void describe_more(struct writer *w, const struct node *n) {
    const struct node *in = node_input(n);
    switch (n->kind) {
    case NODE_CHANGELOG_NORMALIZE:
        item(w, "key");
        columns(w, n, n->as.normalize.keys, n->as.normalize.key_count);
        end(w);
        if (n->as.normalize.filter == NULL) break;
        item(w, "condition");
        expression(w, in, n->as.normalize.filter);
        end(w);
        break;
    case NODE_MINI_BATCH_ASSIGNER:
        item(w, "interval");
        buf_format(w->out, "%lldms], mode=[%s", (long long)n->as.mini_batch.interval_ms, n->as.mini_batch.event_time ? "RowTime" : "ProcTime");
        end(w);
        break;
    case NODE_UNION:
        item(w, "all");
        buf_text(w->out, "true], union=[");
        all_columns(w, n);
        end(w);
        break;
    case NODE_EXPAND:
        item(w, "projects");
        buf_format(w->out, "%u sets", n->as.expand.row_count);
        end(w);
        break;
    case NODE_VALUES:
        item(w, "tuples");
        buf_format(w->out, "%u rows", n->as.values.row_count);
        end(w);
        break;
    case NODE_SINK_MATERIALIZER:
    case NODE_SINK_COMPACTOR:
        item(w, "primaryKey");
        columns(w, n, n->as.materialize.key, n->as.materialize.key_count);
        end(w);
        item(w, "conflictStrategy");
        buf_text(w->out, n->kind == NODE_SINK_MATERIALIZER ? "DEDUPLICATE" : n->as.materialize.conflict_error ? "ERROR" : "NOTHING");
        end(w);
        break;
    case NODE_WINDOW_TVF: describe_window(w, in, &n->as.window_tvf.window, -1, -1, (struct str){0}); break;
    case NODE_WATERMARK:
        item(w, "rowtime");
        buf_format(w->out, "%.*s], watermark=[", STR_ARG(column(n, n->as.watermark.rowtime)));
        expression(w, in, n->as.watermark.expr);
        end(w);
        break;
    default: break;
    }
}

void node_describe(struct buf *out, const struct node *n) {
    struct writer w = {out, true};
    buf_format(out, "%s(", node_label(n->kind));
    switch (n->kind) {
    case NODE_SCAN: describe_scan(&w, n); break;
    case NODE_CALC: describe_calc(&w, n); break;
    case NODE_EXCHANGE: describe_exchange(&w, n); break;
    case NODE_GROUP_AGG:
    case NODE_LOCAL_GROUP_AGG:
    case NODE_GLOBAL_GROUP_AGG: describe_group_agg(&w, n); break;
    case NODE_INCREMENTAL_GROUP_AGG: describe_incremental(&w, n); break;
    case NODE_WINDOW_AGG:
    case NODE_LOCAL_WINDOW_AGG:
    case NODE_GLOBAL_WINDOW_AGG: describe_window_agg(&w, n); break;
    case NODE_RANK: describe_rank(&w, n, &n->as.rank); break;
    case NODE_WINDOW_RANK: describe_rank(&w, n, &n->as.window_rank.rank); break;
    case NODE_DEDUPLICATE: describe_deduplicate(&w, n, n->as.deduplicate.keys, n->as.deduplicate.key_count, n->as.deduplicate.keep_last, n->as.deduplicate.rowtime); break;
    case NODE_WINDOW_DEDUPLICATE:
        describe_deduplicate(&w, n, n->as.window_rank.rank.partition, n->as.window_rank.rank.partition_count, n->as.window_rank.keep_last, true);
        break;
    case NODE_LIMIT:
    case NODE_SORT_LIMIT:
    case NODE_TEMPORAL_SORT:
    case NODE_SORT: describe_sort(&w, n); break;
    case NODE_CONSTRAINT_ENFORCER: describe_constraint(&w, n); break;
    case NODE_SINK: describe_sink(&w, n); break;
    default: describe_more(&w, n); break;
    }
    buf_char(out, ')');
}
