/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobgraph: numbering, parallelism, and chains. A node joins its input's chain when it is the input's
 * only consumer, no exchange lies between, and both have the same parallelism. Exchanges and unions
 * are no vertices: they become edges (a union's consumer has one edge per input).
 *
 * Parallelism: what was asked for, or the session's, or all cores where the final table cannot depend
 * on the order in which rows of different splits meet. Single exchanges and sources that cannot be
 * split bring it down to 1 for what follows, up to the next hash exchange.
 */
#include "plan/physical.h"

#include <assert.h>

static enum status no_memory(const struct physical *p) { return error_no_memory(p->rel.error, sizeof(struct vertex)); }

/* ---- numbering --------------------------------------------------------------------------------------- */

static bool is_numbered(const struct plan *plan, const struct node *n) { return n->id < plan->nodes.count && plan->nodes.at[n->id] == n; }

static enum status number(struct physical *p, struct node *n) {
    if (is_numbered(p->plan, n)) return STATUS_OK;
    for (uint32_t i = 0; i < n->inputs.count; i++) TRY(number(p, n->inputs.at[i]));
    n->id = p->plan->nodes.count;
    return list_push(&p->plan->nodes, p->rel.arena, n);
}

enum status plan_number(struct physical *p) {
    for (uint32_t i = 0; i < p->plan->sinks.count; i++) TRY(number(p, p->plan->sinks.at[i]));
    return STATUS_OK;
}

/* ---- parallelism --------------------------------------------------------------------------------------- */

static const char *aggregate_order(const struct agg_call *aggs, uint32_t count) {
    static const char *const names[] = {"FIRST_VALUE", "LAST_VALUE", "LISTAGG", "ARRAY_AGG", "COLLECT", "JSON_ARRAYAGG", "JSON_OBJECTAGG"};
    for (uint32_t i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            if (str_equal(aggs[i].func->name, str_of(names[k]))) return names[k];
        }
        bool real = aggs[i].arg_count > 0 && (aggs[i].arg_types[0]->root == TYPE_DOUBLE || aggs[i].arg_types[0]->root == TYPE_FLOAT);
        if (real && !str_equal(aggs[i].func->name, STR("MIN")) && !str_equal(aggs[i].func->name, STR("MAX")) && !str_equal(aggs[i].func->name, STR("COUNT"))) {
            return "an aggregate of floating point numbers";
        }
    }
    return NULL;
}

/* What makes the final table depend on the order of rows; NULL: nothing. */
static const char *order_dependence(const struct node *n) {
    switch (n->kind) {
    case NODE_LIMIT: return "LIMIT without ORDER BY";
    case NODE_SORT_LIMIT: return "ORDER BY ... LIMIT, where rows may tie,";
    case NODE_RANK:
    case NODE_WINDOW_RANK: return "ROW_NUMBER, where rows may tie,";
    case NODE_DEDUPLICATE: return n->as.deduplicate.rowtime ? "deduplication, where times may tie," : "deduplication by processing time";
    case NODE_WINDOW_DEDUPLICATE: return "deduplication, where times may tie,";
    case NODE_TEMPORAL_SORT: return "ORDER BY";
    case NODE_GLOBAL_GROUP_AGG:
    case NODE_GROUP_AGG: return aggregate_order(n->as.group_agg.aggs, n->as.group_agg.agg_count);
    case NODE_GLOBAL_WINDOW_AGG:
    case NODE_WINDOW_AGG:
        if (!n->as.window_agg.window.event_time) return "a processing time window";
        return aggregate_order(n->as.window_agg.aggs, n->as.window_agg.agg_count);
    case NODE_CHANGELOG_NORMALIZE: return "a source of updates";
    case NODE_SINK_MATERIALIZER: return "the upsert materialiser";
    case NODE_SINK_COMPACTOR: return "ON CONFLICT";
    case NODE_SCAN: return n->produces != CHANGE_I ? "a source of updates" : NULL;
    default: return NULL;
    }
}

/* The same of the first operator that is no source and keeps more than its keys in order; NULL: none. */
static const char *operator_order(const struct plan *plan) {
    const char *why = NULL;
    for (uint32_t i = 0; i < plan->nodes.count && why == NULL; i++) {
        const struct node *n = plan->nodes.at[i];
        if (n->kind != NODE_SCAN && n->kind != NODE_CHANGELOG_NORMALIZE && n->kind != NODE_SINK_MATERIALIZER) why = order_dependence(n);
    }
    return why;
}

/* Can some source be read by several readers? If not, one subtask of each operator keeps the changelog in the source's order. */
static bool some_source_splits(const struct plan *plan) {
    for (uint32_t i = 0; i < plan->nodes.count; i++) {
        const struct node *n = plan->nodes.at[i];
        if (n->kind == NODE_SCAN && (n->as.scan.options->connector->abilities & CONNECTOR_SPLITS) != 0) return true;
    }
    return false;
}

static void decide(struct physical *p, uint32_t asked) {
    struct plan *plan = p->plan;
    struct option_value sql = session_get(p->session, "table.exec.resource.default-parallelism");
    struct option_value def = session_get(p->session, "parallelism.default");
    const char *why = NULL;
    for (uint32_t i = 0; i < plan->nodes.count && why == NULL; i++) why = order_dependence(plan->nodes.at[i]);
    plan->order_dependent = why != NULL;
    plan->order_reason = str_of(operator_order(plan));
    plan->parallelism = 1;
    if (asked > 0) {
        plan->parallelism = asked;
        plan->parallelism_reason = STR("asked for");
    } else if (sql.given && sql.number > 0) {
        plan->parallelism = (uint32_t)sql.number;
        plan->parallelism_reason = STR("table.exec.resource.default-parallelism");
    } else if (def.given && def.number > 0) {
        plan->parallelism = (uint32_t)def.number;
        plan->parallelism_reason = STR("parallelism.default");
    } else {
        uint32_t cores = p->session->cores;
        if (why != NULL) {
            plan->parallelism_reason = arena_format(p->rel.arena, "%s depends on the order of rows", why);
        } else if (!some_source_splits(plan)) {
            plan->parallelism_reason = STR("no source can be read by several readers, so changes keep the order of its rows");
        } else {
            plan->parallelism = cores < 1 ? 1 : cores;
            plan->parallelism_reason = STR("one per core: the final table does not depend on it");
        }
    }
    if (plan->parallelism > 128) plan->parallelism = 128; /* key groups */
}

static const struct option_value *common_option(const struct table_options *o, const char *key) {
    for (uint32_t i = 0; i < o->common.count; i++) {
        if (str_equal(str_of(o->common.table[i].key), str_of(key)) && o->common.values[i].given) return &o->common.values[i];
    }
    return NULL;
}

static uint32_t scan_parallelism(const struct plan *plan, const struct node *n) {
    const struct table_options *o = n->as.scan.options;
    if ((o->connector->abilities & CONNECTOR_SPLITS) == 0 || n->produces != CHANGE_I) return 1;
    const struct option_value *given = common_option(o, "scan.parallelism");
    return given != NULL && given->number > 0 && given->number <= 128 ? (uint32_t)given->number : plan->parallelism;
}

static uint32_t sink_parallelism(const struct node *n, uint32_t input) {
    const struct sink_params *s = &n->as.sink;
    if (s->table == NULL || (s->options->connector->abilities & CONNECTOR_ONE_WRITER) != 0) return 1;
    const struct option_value *given = common_option(s->options, "sink.parallelism");
    if (given != NULL && given->number > 0 && given->number <= 128 && n->produces == CHANGE_I) return (uint32_t)given->number;
    bool many = (s->options->connector->abilities & CONNECTOR_PER_EPOCH) != 0 || str_equal(str_of(s->options->connector->name), STR("blackhole"));
    return many ? input : 1;
}

static uint32_t union_parallelism(const struct node *n) {
    const struct node *first = n->inputs.at[0];
    uint32_t most = 0;
    bool same = true, inserts = true;
    for (uint32_t i = 0; i < n->inputs.count; i++) {
        const struct node *in = n->inputs.at[i];
        same &= in->parallelism == first->parallelism;
        inserts &= in->produces == CHANGE_I;
        if ((uint32_t)in->parallelism > most) most = (uint32_t)in->parallelism;
    }
    return same || inserts ? most : 1; /* spreading changes of one row over subtasks would reorder them */
}

static void set_parallelism(const struct plan *plan) {
    for (uint32_t i = 0; i < plan->nodes.count; i++) {
        struct node *n = plan->nodes.at[i];
        const struct node *in = node_input(n);
        uint32_t inherited = in == NULL ? 1 : (uint32_t)in->parallelism, v = inherited;
        if (n->kind == NODE_SCAN) v = scan_parallelism(plan, n);
        if (n->kind == NODE_VALUES) v = 1;
        if (n->kind == NODE_UNION) v = union_parallelism(n);
        if (n->kind == NODE_SINK) v = sink_parallelism(n, inherited);
        if (n->kind == NODE_EXCHANGE) v = n->as.exchange.distribution == DISTRIBUTION_SINGLE ? 1 : plan->parallelism;
        n->parallelism = (int32_t)v;
    }
}

/* ---- chains ---------------------------------------------------------------------------------------------- */

struct graph {
    struct physical *p;
    struct vertex **of;   /* per node id */
    uint32_t *consumers;  /* per node id */
};

static bool is_edge(const struct node *n) { return n->kind == NODE_EXCHANGE || n->kind == NODE_UNION; }

static enum status vertex_for(struct graph *g, struct node *n) {
    const struct node *in = node_input(n);
    bool chained = n->inputs.count == 1 && !is_edge(in) && g->consumers[in->id] == 1 && in->parallelism == n->parallelism;
    if (chained) {
        g->of[n->id] = g->of[in->id];
        return list_push(&g->of[n->id]->nodes, g->p->rel.arena, n);
    }
    struct vertex *v = ARENA_NEW(g->p->rel.arena, struct vertex);
    if (v == NULL) return no_memory(g->p);
    v->id = g->p->plan->vertices.count;
    v->parallelism = (uint32_t)n->parallelism;
    g->of[n->id] = v;
    TRY(list_push(&v->nodes, g->p->rel.arena, n));
    return list_push(&g->p->plan->vertices, g->p->rel.arena, v);
}

/* An edge from `from`, through the exchange (or none), to input `input` of `to`. */
static enum status edge_add(struct graph *g, const struct node *from, const struct node *exchange, const struct node *to, uint32_t input) {
    struct edge *e = ARENA_NEW(g->p->rel.arena, struct edge);
    if (e == NULL) return no_memory(g->p);
    *e = (struct edge){.from = g->of[from->id], .to = g->of[to->id], .from_node = from, .to_node = to, .to_input = input};
    e->distribution = from->parallelism == to->parallelism ? DISTRIBUTION_FORWARD : DISTRIBUTION_REBALANCE;
    if (exchange != NULL) {
        e->distribution = exchange->as.exchange.distribution;
        e->keys = exchange->as.exchange.keys;
        e->key_count = exchange->as.exchange.key_count;
    }
    TRY(list_push(&e->from->outputs, g->p->rel.arena, e));
    return list_push(&e->to->inputs, g->p->rel.arena, e);
}

static enum status edges_from(struct graph *g, const struct node *below, const struct node *exchange, const struct node *to, uint32_t input) {
    if (below->kind == NODE_EXCHANGE) return edges_from(g, node_input(below), exchange == NULL ? below : exchange, to, input);
    if (below->kind != NODE_UNION) return edge_add(g, below, exchange, to, input);
    for (uint32_t i = 0; i < below->inputs.count; i++) TRY(edges_from(g, below->inputs.at[i], exchange, to, input));
    return STATUS_OK;
}

static enum status make_edges(struct graph *g) {
    const struct list *nodes = &g->p->plan->nodes;
    for (uint32_t i = 0; i < nodes->count; i++) {
        const struct node *n = nodes->at[i];
        if (is_edge(n)) continue;
        for (uint32_t k = 0; k < n->inputs.count; k++) {
            const struct node *in = n->inputs.at[k];
            if (!is_edge(in) && g->of[in->id] == g->of[n->id]) continue;
            TRY(edges_from(g, in, NULL, n, k));
        }
    }
    return STATUS_OK;
}

enum status jobgraph_make(struct physical *p, uint32_t asked) {
    const struct list *nodes = &p->plan->nodes;
    struct graph g = {p, ARENA_ARRAY(p->rel.arena, struct vertex *, nodes->count), ARENA_ARRAY(p->rel.arena, uint32_t, nodes->count)};
    if (g.of == NULL || g.consumers == NULL) return no_memory(p);
    decide(p, asked);
    set_parallelism(p->plan);
    for (uint32_t i = 0; i < nodes->count; i++) {
        const struct node *n = nodes->at[i];
        for (uint32_t k = 0; k < n->inputs.count; k++) g.consumers[((const struct node *)n->inputs.at[k])->id]++;
    }
    for (uint32_t i = 0; i < nodes->count; i++) {
        struct node *n = nodes->at[i];
        if (!is_edge(n)) TRY(vertex_for(&g, n));
    }
    return make_edges(&g);
}
