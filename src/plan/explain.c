/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain: a plan as text: the tree as bound, the operators (StreamGraph), the chains (JobGraph) and
 * the subtasks (ExecutionGraph), with what EXPLAIN was asked to add.
 */
#include "plan/physical.h"

#include <assert.h>

struct explain {
    const struct plan *plan;
    const struct ast_statement *stmt;
    struct buf *out;
    bool *printed; /* shared nodes are printed once */
};

static void prefix(struct buf *out, uint32_t depth, bool last, uint64_t open) {
    for (uint32_t i = 1; i < depth; i++) buf_text(out, i < 64 && (open >> i & 1) != 0 ? ":  " : "   ");
    if (depth > 0) buf_text(out, last ? "+- " : ":- ");
}

static void print_keys(struct buf *out, const struct node *n) {
    if (n->upsert_key_count == 0) return;
    buf_text(out, ", upsertKeys=[");
    for (uint32_t i = 0; i < n->upsert_key_count; i++) {
        buf_text(out, i > 0 ? ", [" : "[");
        for (uint32_t k = 0; k < n->upsert_keys[i].count; k++) buf_format(out, "%s%.*s", k > 0 ? ", " : "", STR_ARG(n->row->children[n->upsert_keys[i].columns[k]].name));
        buf_char(out, ']');
    }
    buf_char(out, ']');
}

/* Without statistics: a source is taken for 1e8 rows, as Flink does; exchanges cost network, state memory. */
static double row_estimate(const struct node *n) {
    double rows = 0;
    for (uint32_t i = 0; i < n->inputs.count; i++) rows += row_estimate(n->inputs.at[i]);
    switch (n->kind) {
    case NODE_SCAN: return 1e8;
    case NODE_VALUES: return n->as.values.row_count;
    case NODE_CALC: return n->as.calc.condition == NULL ? rows : rows * 0.5;
    case NODE_GLOBAL_GROUP_AGG:
    case NODE_GROUP_AGG: return n->as.group_agg.key_count == 0 ? 1 : rows;
    case NODE_LIMIT:
    case NODE_SORT_LIMIT: return n->as.sort.limit >= 0 && (double)n->as.sort.limit < rows ? (double)n->as.sort.limit : rows;
    default: return rows;
    }
}

static void node_line(struct explain *x, const struct node *n, uint32_t depth, bool last, uint64_t open) {
    struct buf text = BUF_INIT;
    prefix(x->out, depth, last, open);
    node_describe(&text, n);
    bool close = text.size_bytes > 0 && text.at[text.size_bytes - 1] == ')';
    buf_str(x->out, (struct str){text.at, text.size_bytes - (close ? 1 : 0)});
    bool empty = close && text.size_bytes > 1 && text.at[text.size_bytes - 2] == '(';
    buf_deinit(&text);
    if (x->stmt->explain_changelog) {
        buf_format(x->out, "%schangelogMode=[", empty ? "" : ", ");
        changelog_text(x->out, n->kind == NODE_SINK ? 0 : n->produces);
        buf_char(x->out, ']');
        print_keys(x->out, n);
    }
    buf_char(x->out, ')');
    if (x->stmt->explain_cost) buf_format(x->out, ": rowcount = %.3g, state = %s", row_estimate(n), node_has_state(n->kind) ? "per key" : "none");
    if (n->id < x->plan->nodes.count && x->printed[n->id]) buf_text(x->out, " (shared, shown above)");
    buf_char(x->out, '\n');
}

static void print_tree(struct explain *x, const struct node *n, uint32_t depth, bool last, uint64_t open) {
    node_line(x, n, depth, last, open);
    if (x->printed[n->id]) return;
    x->printed[n->id] = true;
    for (uint32_t i = 0; i < n->inputs.count; i++) {
        bool end = i + 1 == n->inputs.count;
        uint64_t bit = depth + 1 < 64 && !end ? UINT64_C(1) << (depth + 1) : 0;
        print_tree(x, n->inputs.at[i], depth + 1, end, open | bit);
    }
}

/* The client's own sink is no part of what was asked: its input is the root. */
static const struct node *root_of(const struct node *sink) { return sink->as.sink.table == NULL ? node_input(sink) : sink; }

static void print_stream_graph(struct explain *x) {
    buf_text(x->out, x->stmt->explain_advice ? "== Optimized Physical Plan With Advice ==\n" : "== Optimized Physical Plan ==\n");
    for (uint32_t i = 0; i < x->plan->sinks.count; i++) {
        print_tree(x, root_of(x->plan->sinks.at[i]), 0, true, 0);
        buf_char(x->out, '\n');
    }
}

static const char *distribution_name(enum distribution d) {
    static const char *const names[] = {"FORWARD", "HASH", "SINGLE", "REBALANCE"};
    return names[d];
}

static void print_job_graph(struct explain *x) {
    buf_format(x->out, "== JobGraph ==\nparallelism: %u (%.*s)\n", x->plan->parallelism, STR_ARG(x->plan->parallelism_reason));
    for (uint32_t i = 0; i < x->plan->vertices.count; i++) {
        const struct vertex *v = x->plan->vertices.at[i];
        buf_format(x->out, "Vertex %u (parallelism %u): ", v->id, v->parallelism);
        for (uint32_t k = 0; k < v->nodes.count; k++) {
            const struct node *n = v->nodes.at[k];
            buf_format(x->out, "%s%s[%u]", k > 0 ? " -> " : "", node_label(n->kind), n->id);
        }
        buf_char(x->out, '\n');
        for (uint32_t k = 0; k < v->outputs.count; k++) {
            const struct edge *e = v->outputs.at[k];
            buf_format(x->out, "  -> Vertex %u, %s", e->to->id, distribution_name(e->distribution));
            for (uint32_t j = 0; j < e->key_count; j++) buf_format(x->out, "%s%.*s", j == 0 ? " by " : ", ", STR_ARG(e->from_node->row->children[e->keys[j]].name));
            buf_char(x->out, '\n');
        }
    }
    for (uint32_t i = 0; i < x->plan->nodes.count; i++) {
        const struct node *n = x->plan->nodes.at[i];
        if (node_has_state(n->kind) || n->kind == NODE_SCAN || n->kind == NODE_SINK) buf_format(x->out, "uid %.*s  %s[%u]\n", STR_ARG(n->uid), node_label(n->kind), n->id);
    }
    buf_char(x->out, '\n');
}

static void print_execution_graph(struct explain *x) {
    uint32_t subtasks = 0, channels = 0;
    buf_text(x->out, "== ExecutionGraph ==\n");
    for (uint32_t i = 0; i < x->plan->vertices.count; i++) {
        const struct vertex *v = x->plan->vertices.at[i];
        subtasks += v->parallelism;
        buf_format(x->out, "Vertex %u: subtasks", v->id);
        for (uint32_t k = 0; k < v->parallelism; k++) buf_format(x->out, " %u/%u", k + 1, v->parallelism);
        buf_char(x->out, '\n');
        for (uint32_t k = 0; k < v->outputs.count; k++) {
            const struct edge *e = v->outputs.at[k];
            bool pairwise = e->distribution == DISTRIBUTION_FORWARD;
            channels += pairwise ? v->parallelism : v->parallelism * e->to->parallelism;
        }
    }
    buf_format(x->out, "%u subtasks, %u channels\n", subtasks, channels);
}

static void print_advice(struct explain *x) {
    uint32_t n = 0;
    bool mini_batch = session_bool(x->plan->session, "table.exec.mini-batch.enabled");
    for (uint32_t i = 0; i < x->plan->nodes.count && !mini_batch; i++) {
        if (((const struct node *)x->plan->nodes.at[i])->kind != NODE_GROUP_AGG) continue;
        buf_format(x->out, "advice[%u]: [ADVICE] Buffering input makes fewer changes of each key: set 'table.exec.mini-batch.enabled' to 'true', 'table.exec.mini-batch.allow-latency' and "
                           "'table.exec.mini-batch.size' to positive values.\n", ++n);
        break;
    }
    for (uint32_t i = 0; i < x->plan->nodes.count; i++) {
        const struct node *k = x->plan->nodes.at[i];
        bool grows = node_has_state(k->kind) && (k->kind == NODE_GROUP_AGG || k->kind == NODE_GLOBAL_GROUP_AGG || k->kind == NODE_RANK || k->kind == NODE_CHANGELOG_NORMALIZE || k->kind == NODE_SINK_MATERIALIZER);
        if (!grows || k->state_ttl_ms > 0) continue;
        buf_format(x->out, "advice[%u]: [ADVICE] The state of %s[%u] grows with the number of its keys: set 'table.exec.state.ttl' where old keys may be forgotten.\n", ++n, node_label(k->kind), k->id);
        break;
    }
    for (uint32_t i = 0; i < x->plan->notes.count; i++) buf_format(x->out, "advice[%u]: %.*s\n", ++n, STR_ARG(*(const struct str *)x->plan->notes.at[i]));
    if (n == 0) buf_text(x->out, "No available advice...\n");
    buf_char(x->out, '\n');
}

/* ---- JSON ---------------------------------------------------------------------------------------------- */

static void json_text(struct buf *out, struct str s) {
    buf_char(out, '"');
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '"' || c == '\\') buf_char(out, '\\');
        if (c < 32) buf_format(out, "\\u%04x", c);
        else buf_char(out, (char)c);
    }
    buf_char(out, '"');
}

static void json_node(struct buf *out, const struct node *n) {
    struct buf text = BUF_INIT;
    node_describe(&text, n);
    buf_format(out, "    {\n      \"id\" : %u,\n      \"type\" : \"%s[%u]\",\n      \"contents\" : ", n->id + 1, node_label(n->kind), n->id);
    json_text(out, buf_view(&text));
    buf_format(out, ",\n      \"parallelism\" : %d", n->parallelism);
    buf_deinit(&text);
    for (uint32_t i = 0; i < n->inputs.count; i++) {
        buf_format(out, "%s{\"id\" : %u, \"ship_strategy\" : \"%s\"}", i == 0 ? ",\n      \"predecessors\" : [" : ", ", ((const struct node *)n->inputs.at[i])->id + 1,
                   n->kind == NODE_EXCHANGE ? distribution_name(n->as.exchange.distribution) : "FORWARD");
    }
    buf_text(out, n->inputs.count > 0 ? "]\n    }" : "\n    }");
}

static void print_json(struct explain *x) {
    buf_text(x->out, "== Physical Execution Plan ==\n{\n  \"nodes\" : [\n");
    for (uint32_t i = 0; i < x->plan->nodes.count; i++) {
        if (i > 0) buf_text(x->out, ",\n");
        json_node(x->out, x->plan->nodes.at[i]);
    }
    buf_text(x->out, "\n  ]\n}\n");
}

enum status plan_explain(const struct plan *p, const struct ast_statement *explain, struct buf *out, struct error *e) {
    static const struct ast_statement plain;
    struct explain x = {p, explain == NULL ? &plain : explain, out, ARENA_ARRAY(p->arena, bool, p->nodes.count + 1)};
    if (x.printed == NULL) return error_no_memory(e, p->nodes.count);
    buf_text(out, "== Abstract Syntax Tree ==\n");
    for (uint32_t i = 0; i < p->logical.count; i++) {
        rel_print(out, p->logical.at[i], 0);
        buf_char(out, '\n');
    }
    print_stream_graph(&x);
    if (x.stmt->explain_advice) print_advice(&x);
    print_job_graph(&x);
    print_execution_graph(&x);
    if (x.stmt->explain_json) print_json(&x);
    return out->failed ? error_no_memory(e, 64) : STATUS_OK;
}

void plan_print(struct buf *out, const struct plan *p, bool changelog_mode) {
    struct ast_statement stmt = {.explain_changelog = changelog_mode};
    struct explain x = {p, &stmt, out, ARENA_ARRAY(p->arena, bool, p->nodes.count + 1)};
    if (x.printed == NULL) {
        out->failed = true;
        return;
    }
    for (uint32_t i = 0; i < p->sinks.count; i++) print_tree(&x, p->sinks.at[i], 0, true, 0);
}
