/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph: from the JobGraph to the ExecutionGraph. Vertices are first grouped: a vertex joins the
 * groups of its inputs when each of its inputs comes from the same subtask number (forward, or both
 * sides have one subtask). Should that make two groups wait for each other, no vertex is fused. Then
 * each group becomes one task per subtask, and the edges between groups become channels.
 */
#include "runtime/attempt.h"

#include "base/alloc.h"

#include <assert.h>

enum { CHANNEL_BUDGET_BYTES = 768 * 1024 };

/* Scratch of the build. */
struct build {
    struct attempt *at;
    const struct vertex **vertices;
    uint32_t count;
    uint32_t *group;  /* per vertex: its group's first vertex */
    uint32_t *order;  /* groups' topological depth, per vertex index */
};

void key_groups(uint32_t subtask, uint32_t parallelism, uint32_t max_parallelism, uint32_t *ret_begin, uint32_t *ret_end) {
    assert(subtask < parallelism && parallelism <= max_parallelism);
    *ret_begin = (subtask * max_parallelism + parallelism - 1) / parallelism;
    *ret_end = ((subtask + 1) * max_parallelism - 1) / parallelism + 1;
}

static uint32_t vertex_index(const struct build *b, const struct vertex *v) {
    uint32_t i = 0;
    while (i < b->count && b->vertices[i] != v) i++;
    assert(i < b->count);
    return i;
}

static bool edge_is_local(const struct edge *g) {
    if (g->from->parallelism != g->to->parallelism) return false;
    return g->distribution == DISTRIBUTION_FORWARD || g->from->parallelism == 1;
}

static bool vertex_fuses(const struct vertex *v) {
    for (uint32_t i = 0; i < v->inputs.count; i++)
        if (!edge_is_local(v->inputs.at[i])) return false;
    return v->inputs.count > 0;
}

static void groups_merge(struct build *b, uint32_t x, uint32_t y) {
    assert(x < b->count && y < b->count);
    uint32_t from = b->group[x], to = b->group[y];
    uint32_t least = from < to ? from : to;
    for (uint32_t i = 0; i < b->count; i++)
        if (b->group[i] == from || b->group[i] == to) b->group[i] = least;
}

/* Longest path over the edges between groups; false: there is a cycle. */
static bool groups_order(struct build *b) {
    for (uint32_t i = 0; i < b->count; i++) b->order[i] = 0;
    for (uint32_t round = 0; round <= b->count; round++) {
        bool changed = false;
        for (uint32_t i = 0; i < b->count; i++) {
            for (uint32_t k = 0; k < b->vertices[i]->outputs.count; k++) {
                const struct edge *g = b->vertices[i]->outputs.at[k];
                uint32_t j = vertex_index(b, g->to);
                uint32_t least = b->order[b->group[i]] + (b->group[i] == b->group[j] && vertex_fuses(g->to) ? 0 : 1);
                if (b->order[b->group[j]] < least) {
                    b->order[b->group[j]] = least;
                    changed = true;
                }
            }
        }
        if (!changed) return true;
    }
    return false;
}

static void groups_find(struct build *b) {
    for (uint32_t i = 0; i < b->count; i++) b->group[i] = i;
    for (uint32_t i = 0; i < b->count; i++) {
        const struct vertex *v = b->vertices[i];
        if (!vertex_fuses(v)) continue;
        for (uint32_t k = 0; k < v->inputs.count; k++) groups_merge(b, i, vertex_index(b, ((struct edge *)v->inputs.at[k])->from));
    }
    if (groups_order(b)) return;
    for (uint32_t i = 0; i < b->count; i++) b->group[i] = i;
    bool acyclic = groups_order(b);
    assert(acyclic);
    (void)acyclic;
}

/* ---- tasks ---- */

static enum status node_add(struct task *t, const struct vertex *v, const struct node *n) {
    assert(t->subtask < v->parallelism);
    struct attempt *at = t->attempt;
    struct opnode *o = ARENA_NEW(t->arena, struct opnode);
    if (o == NULL) return STATUS_NO_MEMORY;
    *o = (struct opnode){.task = t, .node = n, .vertex = v, .subtask = t->subtask, .parallelism = v->parallelism, .timer_ms = INT64_MAX};
    o->metrics.watermark_ms = WATERMARK_MIN;
    link_init(o);
    uint32_t i = t->node_count++;
    for (; i > 0 && t->nodes[i - 1]->node->id > n->id; i--) t->nodes[i] = t->nodes[i - 1];
    t->nodes[i] = o;
    if (at->nodes[n->id] == NULL) at->nodes[n->id] = ARENA_ARRAY(at->arena, struct opnode *, v->parallelism);
    if (at->nodes[n->id] == NULL) return STATUS_NO_MEMORY;
    at->nodes[n->id][t->subtask] = o;
    return STATUS_OK;
}

struct opnode *graph_node(struct attempt *at, const struct node *n, uint32_t subtask) {
    assert(n->id < at->plan->nodes.count && at->nodes[n->id] != NULL);
    return at->nodes[n->id][subtask];
}

static enum status task_new(struct build *b, uint32_t group, uint32_t subtask) {
    assert(b->group[group] == group);
    struct attempt *at = b->at;
    struct task *t = ARENA_NEW(at->arena, struct task);
    if (t == NULL) return STATUS_NO_MEMORY;
    t->attempt = at;
    t->index = at->task_count;
    t->subtask = subtask;
    t->arena = arena_new("task", 0);
    if (t->arena == NULL) return STATUS_NO_MEMORY;
    at->tasks[at->task_count++] = t;
    t->nodes = ARENA_ARRAY(t->arena, struct opnode *, at->plan->nodes.count);
    t->iota = ARENA_ARRAY(t->arena, uint32_t, BATCH_ROWS_MAX);
    if (t->nodes == NULL || t->iota == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < BATCH_ROWS_MAX; i++) t->iota[i] = i;
    atomic_init(&t->counters.watermark_ms, WATERMARK_MIN);
    for (uint32_t i = 0; i < b->count; i++) {
        if (b->group[i] != group) continue;
        for (uint32_t k = 0; k < b->vertices[i]->nodes.count; k++) TRY(node_add(t, b->vertices[i], b->vertices[i]->nodes.at[k]));
    }
    return STATUS_OK;
}

static uint32_t group_depth(const struct build *b, uint32_t i) { return b->order[b->group[i]]; }

/* Upstream groups first, so that tasks are in topological order. */
static enum status tasks_build(struct build *b) {
    uint32_t total = 0, deepest = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        total += b->vertices[i]->parallelism;
        if (group_depth(b, i) > deepest) deepest = group_depth(b, i);
    }
    b->at->tasks = ARENA_ARRAY(b->at->arena, struct task *, total == 0 ? 1 : total);
    if (b->at->tasks == NULL) return STATUS_NO_MEMORY;
    for (uint32_t depth = 0; depth <= deepest; depth++)
        for (uint32_t i = 0; i < b->count; i++) {
            if (b->group[i] != i || group_depth(b, i) != depth) continue;
            for (uint32_t s = 0; s < b->vertices[i]->parallelism; s++) TRY(task_new(b, i, s));
        }
    return STATUS_OK;
}

/* ---- links ---- */

static enum status link_add(struct opnode *from, struct opnode *to, uint32_t input) {
    assert(from->task == to->task && from != to);
    struct arena *a = from->task->arena;
    struct target *targets = ARENA_ARRAY(a, struct target, from->target_count + 1);
    if (targets == NULL) return STATUS_NO_MEMORY;
    if (from->target_count > 0) memcpy(targets, from->targets, from->target_count * sizeof *targets);
    targets[from->target_count++] = (struct target){to, input, to->slot_count++};
    from->targets = targets;
    return STATUS_OK;
}

static bool vertex_has(const struct vertex *v, const struct node *n) {
    for (uint32_t i = 0; i < v->nodes.count; i++)
        if (v->nodes.at[i] == n) return true;
    return false;
}

static enum status chain_links(struct attempt *at, const struct vertex *v, uint32_t subtask) {
    for (uint32_t i = 0; i < v->nodes.count; i++) {
        const struct node *n = v->nodes.at[i];
        for (uint32_t k = 0; k < n->inputs.count; k++) {
            const struct node *child = n->inputs.at[k];
            if (!vertex_has(v, child)) continue;
            TRY(link_add(graph_node(at, child, subtask), graph_node(at, n, subtask), k));
        }
    }
    return STATUS_OK;
}

static enum status channel_new(struct attempt *at, struct opnode *from, struct opnode *to, const struct edge *g, struct channel **ret) {
    assert(from->task != to->task);
    const struct type *row = g->from_node->row;
    const struct type **types = op_types(at->arena, row);
    struct channel *c = mem_calloc(1, sizeof *c);
    if (types == NULL || c == NULL) {
        mem_free(c);
        return STATUS_NO_MEMORY;
    }
    /* A hash exchange spreads a batch over its targets: smaller parcels do. */
    uint32_t rows = g->to->parallelism > 1 && g->distribution == DISTRIBUTION_HASH ? at->batch_rows / 2 : at->batch_rows;
    channel_init(c, at->env, types, row->child_count, rows == 0 ? 1 : rows, CHANNEL_BUDGET_BYTES);
    if (at->channel_count == at->channel_capacity) {
        uint32_t capacity = at->channel_capacity == 0 ? 16 : at->channel_capacity * 2;
        struct channel **all = mem_realloc(at->channels, capacity * sizeof *all);
        if (all == NULL) {
            mem_free(c);
            return STATUS_NO_MEMORY;
        }
        at->channels = all;
        at->channel_capacity = capacity;
    }
    at->channels[at->channel_count++] = c;
    struct task *t = to->task;
    struct gate *gates = ARENA_ARRAY(t->arena, struct gate, t->gate_count + 1);
    struct channel **outputs = ARENA_ARRAY(from->task->arena, struct channel *, from->task->output_count + 1);
    if (gates == NULL || outputs == NULL) return STATUS_NO_MEMORY;
    if (t->gate_count > 0) memcpy(gates, t->gates, t->gate_count * sizeof *gates);
    if (from->task->output_count > 0) memcpy(outputs, from->task->outputs, from->task->output_count * sizeof(struct channel *));
    gates[t->gate_count++] = (struct gate){c, to, g->to_input, to->slot_count++};
    outputs[from->task->output_count++] = c;
    t->gates = gates;
    from->task->outputs = outputs;
    *ret = c;
    return STATUS_OK;
}

static enum status exchange_add(struct attempt *at, struct opnode *from, const struct edge *g) {
    struct arena *a = from->task->arena;
    struct exchange *all = ARENA_ARRAY(a, struct exchange, from->exchange_count + 1);
    if (all == NULL) return STATUS_NO_MEMORY;
    if (from->exchange_count > 0) memcpy(all, from->exchanges, from->exchange_count * sizeof *all);
    struct exchange *x = &all[from->exchange_count];
    from->exchanges = all;
    bool same = g->distribution == DISTRIBUTION_FORWARD && g->from->parallelism == g->to->parallelism;
    bool one = same || g->distribution == DISTRIBUTION_SINGLE || g->to->parallelism == 1;
    *x = (struct exchange){.distribution = one ? DISTRIBUTION_SINGLE : g->distribution == DISTRIBUTION_FORWARD ? DISTRIBUTION_REBALANCE : g->distribution,
                           .keys = g->keys, .key_count = g->key_count, .next = from->subtask};
    x->channel_count = one ? 1 : g->to->parallelism;
    x->channels = ARENA_ARRAY(a, struct channel *, x->channel_count);
    if (x->channels == NULL) return STATUS_NO_MEMORY;
    from->exchange_count++;
    for (uint32_t i = 0; i < x->channel_count; i++) {
        uint32_t to = same ? from->subtask : one ? 0 : i;
        TRY(channel_new(at, from, graph_node(at, g->to_node, to), g, &x->channels[i]));
    }
    return STATUS_OK;
}

static enum status edges_build(struct build *b, uint32_t index) {
    assert(index < b->count);
    const struct vertex *v = b->vertices[index];
    for (uint32_t s = 0; s < v->parallelism; s++) {
        TRY(chain_links(b->at, v, s));
        for (uint32_t k = 0; k < v->outputs.count; k++) {
            const struct edge *g = v->outputs.at[k];
            struct opnode *from = graph_node(b->at, g->from_node, s);
            bool fused = b->group[index] == b->group[vertex_index(b, g->to)] && vertex_fuses(g->to);
            if (fused) TRY(link_add(from, graph_node(b->at, g->to_node, s), g->to_input));
            else TRY(exchange_add(b->at, from, g));
        }
    }
    return STATUS_OK;
}

static enum status build_all(struct build *b) {
    groups_find(b);
    TRY(tasks_build(b));
    for (uint32_t i = 0; i < b->count; i++) TRY(edges_build(b, i));
    for (uint32_t i = 0; i < b->at->task_count; i++) {
        struct task *t = b->at->tasks[i];
        for (uint32_t k = 0; k < t->node_count; k++) {
            struct opnode *n = t->nodes[k];
            n->open_inputs = n->slot_count;
            if (n->slot_count > 0) TRY(valve_init(&n->valve, t->arena, n->slot_count));
        }
    }
    return STATUS_OK;
}

enum status graph_build(struct attempt *at, struct error *e) {
    assert(at->task_count == 0);
    const struct list *all = &at->plan->vertices;
    struct arena *scratch = arena_new("graph", 0);
    if (scratch == NULL) return error_no_memory(e, 0);
    struct build b = {.at = at, .vertices = (const struct vertex **)all->at, .count = all->count};
    b.group = ARENA_ARRAY(scratch, uint32_t, all->count + 1);
    b.order = ARENA_ARRAY(scratch, uint32_t, all->count + 1);
    at->nodes = ARENA_ARRAY(at->arena, struct opnode **, at->plan->nodes.count + 1);
    enum status s = b.group == NULL || b.order == NULL || at->nodes == NULL ? STATUS_NO_MEMORY : build_all(&b);
    arena_free(scratch);
    return s == STATUS_OK ? s : error_no_memory(e, 0);
}

void graph_free(struct attempt *at) {
    assert(atomic_load(&at->writes) == 0);
    for (uint32_t i = 0; i < at->channel_count; i++) {
        channel_deinit(at->channels[i]);
        mem_free(at->channels[i]);
    }
    mem_free(at->channels);
    at->channels = NULL;
    at->channel_count = 0;
    for (uint32_t i = 0; i < at->task_count; i++) arena_free(at->tasks[i]->arena);
    at->task_count = 0;
}
