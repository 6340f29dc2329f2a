/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_rel: the logical tree as text, in the manner of Flink's abstract syntax tree section.
 */
#include "plan/rel.h"

static void indent(struct buf *out, uint32_t depth) {
    for (uint32_t i = 1; i < depth; i++) buf_text(out, "   ");
    if (depth > 0) buf_text(out, "+- ");
}

static void numbers(struct buf *out, const uint32_t *at, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) buf_format(out, "%s%u", i > 0 ? ", " : "", at[i]);
}

static void expression(struct buf *out, const struct expr *e, const struct rel *input) {
    struct str names[1024];
    char text[1024][8];
    uint32_t n = input == NULL ? 0 : rel_width(input);
    if (n > 1024) {
        buf_text(out, "...");
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct buf one = {text[i], 0, sizeof text[i], false};
        buf_char(&one, '$');
        buf_i64(&one, i);
        names[i] = buf_view(&one);
    }
    expr_print(out, e, names);
}

static void project(struct buf *out, const struct rel *r) {
    for (uint32_t i = 0; i < rel_width(r); i++) {
        buf_format(out, "%s%.*s=[", i > 0 ? ", " : "", STR_ARG(rel_name(r, i)));
        expression(out, r->as.project.exprs[i], rel_input(r));
        buf_char(out, ']');
    }
}

static void aggregate(struct buf *out, const struct rel *r, const struct rel_aggregate *a) {
    buf_text(out, "group=[{");
    numbers(out, a->keys, a->key_count);
    buf_text(out, "}]");
    for (uint32_t i = 0; i < a->agg_count; i++) {
        const struct agg_call *c = &a->aggs[i];
        buf_format(out, ", %.*s=[%.*s(%s", STR_ARG(rel_name(r, a->key_count + i)), STR_ARG(c->func->name), c->distinct ? "DISTINCT " : "");
        for (uint32_t k = 0; k < c->arg_count; k++) buf_format(out, "%s$%u", k > 0 ? ", " : "", c->args[k]);
        buf_char(out, ')');
        if (c->filter >= 0) buf_format(out, " FILTER $%d", c->filter);
        buf_char(out, ']');
    }
}

static void order(struct buf *out, const struct sort_column *o, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) buf_format(out, "%s$%u %s", i > 0 ? ", " : "", o[i].column, o[i].descending ? "DESC" : "ASC");
}

static void details(struct buf *out, const struct rel *r) {
    switch (r->kind) {
    case REL_SCAN: {
        const struct table *t = r->as.scan.table;
        buf_format(out, "table=[[%.*s, %.*s, %.*s]]", STR_ARG(t->catalog), STR_ARG(t->database), STR_ARG(t->name));
        break;
    }
    case REL_VALUES: buf_format(out, "tuples=[%u rows]", r->as.values.row_count); break;
    case REL_WATERMARK:
        buf_format(out, "rowtime=[%.*s], watermark=[", STR_ARG(rel_name(r, r->as.watermark.rowtime)));
        expression(out, r->as.watermark.expr, rel_input(r));
        buf_char(out, ']');
        break;
    case REL_PROJECT: project(out, r); break;
    case REL_FILTER:
        buf_text(out, "condition=[");
        expression(out, r->as.filter.condition, rel_input(r));
        buf_char(out, ']');
        break;
    case REL_AGGREGATE: aggregate(out, r, &r->as.aggregate); break;
    case REL_WINDOW_AGG: aggregate(out, r, &r->as.window_agg.aggregate); break;
    case REL_EXPAND: buf_format(out, "sets=[%u]", r->as.expand.row_count); break;
    case REL_TVF: {
        static const char *const names[] = {"TUMBLE", "HOP", "CUMULATE", "SESSION"};
        const struct window *w = &r->as.tvf.window;
        buf_format(out, "invocation=[%s(DESCRIPTOR($%d), slide %lld ms, size %lld ms)]", names[w->kind], w->time_column, (long long)w->slide_ms, (long long)w->size_ms);
        break;
    }
    case REL_OVER:
    case REL_RANK:
        buf_text(out, "partition=[{");
        numbers(out, r->as.rank.partition, r->as.rank.partition_count);
        buf_text(out, "}], order=[");
        order(out, r->as.rank.order, r->as.rank.order_count);
        buf_char(out, ']');
        break;
    case REL_UNION: buf_text(out, "all=[true]"); break;
    case REL_SORT:
        buf_text(out, "order=[");
        order(out, r->as.sort.order, r->as.sort.order_count);
        buf_format(out, "], offset=[%lld], fetch=[%lld]", (long long)r->as.sort.offset, (long long)r->as.sort.limit);
        break;
    case REL_KIND_COUNT: break;
    }
}

void rel_print(struct buf *out, const struct rel *r, uint32_t depth) {
    static const char *const labels[REL_KIND_COUNT] = {
        [REL_SCAN] = "LogicalTableScan", [REL_VALUES] = "LogicalValues", [REL_WATERMARK] = "LogicalWatermarkAssigner", [REL_PROJECT] = "LogicalProject",
        [REL_FILTER] = "LogicalFilter", [REL_AGGREGATE] = "LogicalAggregate", [REL_EXPAND] = "LogicalExpand", [REL_TVF] = "LogicalTableFunctionScan",
        [REL_OVER] = "LogicalRowNumber", [REL_RANK] = "LogicalRank", [REL_UNION] = "LogicalUnion", [REL_SORT] = "LogicalSort", [REL_WINDOW_AGG] = "LogicalWindowAggregate"};
    indent(out, depth);
    buf_format(out, "%s(", labels[r->kind]);
    details(out, r);
    buf_text(out, ")\n");
    for (uint32_t i = 0; i < r->inputs.count; i++) rel_print(out, r->inputs.at[i], depth + 1);
}
