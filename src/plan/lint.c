/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lint: looks at the nodes of a plan, one function per kind of advice. A finding stands at the part of
 * the statement that the node came from. Sinks that stand for connectors of others (the stand-in
 * `outside`) say by options what ours say by abilities.
 */
#include "plan/lint.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct lint_rule rules[LINT_RULE_COUNT] = {
#define X(name, id, severity, doc, advice) {id, LINT_##severity, doc, advice},
#include "plan/lint.def"
#undef X
};

const struct lint_rule *lint_rule(enum lint_rule_id id) {
    assert((unsigned)id < LINT_RULE_COUNT);
    return &rules[id];
}

enum status lint_add(struct list *to, struct arena *a, enum lint_rule_id rule, struct span span, struct error *e, const char *format, ...) {
    enum { TEXT_MAX = 1024 };
    char text[TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct lint *l = ARENA_NEW(a, struct lint);
    if (l == NULL) return error_no_memory(e, sizeof *l);
    *l = (struct lint){rule, span, arena_str(a, str_of(text))};
    if (l->message.at == NULL || list_push(to, a, l) != STATUS_OK) return error_no_memory(e, 0);
    return STATUS_OK;
}

struct linter {
    const struct plan *plan;
    struct arena *arena;
    struct list *to;
    struct error *error;
    bool unbounded, event_time;
    uint32_t watermarks;
};

#define LINT(l, rule, node, ...) lint_add((l)->to, (l)->arena, LINT_RULE_##rule, (node)->span, (l)->error, __VA_ARGS__)

static bool is_outside(const struct table_options *o) { return strcmp(o->connector->name, "outside") == 0; }

static bool source_splits(const struct table_options *o) {
    return is_outside(o) ? options_bool(&o->own, "outside.splits") : (o->connector->abilities & CONNECTOR_SPLITS) != 0;
}

static bool sink_waits_for_epochs(const struct table_options *o) {
    return is_outside(o) ? options_bool(&o->own, "outside.epochs") : (o->connector->abilities & CONNECTOR_PER_EPOCH) != 0;
}

/* ---- state -------------------------------------------------------------------------------------------------- */

/* What is bounded by time, by a number of rows, or by having one key. */
static bool is_bounded_state(const struct node *n) {
    switch (n->kind) {
    case NODE_WINDOW_AGG:
    case NODE_GLOBAL_WINDOW_AGG:
    case NODE_WINDOW_RANK:
    case NODE_WINDOW_DEDUPLICATE:
    case NODE_LIMIT:
    case NODE_TEMPORAL_SORT:
    case NODE_SINK_COMPACTOR: return true;
    case NODE_SORT_LIMIT: return n->as.sort.strategy != RANK_RETRACT;
    case NODE_GROUP_AGG:
    case NODE_GLOBAL_GROUP_AGG: return n->as.group_agg.key_count == 0;
    default: return false;
    }
}

static enum status state(struct linter *l, const struct node *n) {
    if (!l->unbounded || !node_has_state(n->kind) || n->state_ttl_ms > 0 || is_bounded_state(n)) return STATUS_OK;
    if (session_int(l->plan->session, "table.exec.state.ttl") > 0) return STATUS_OK;
    return LINT(l, UNBOUNDED_STATE, n, "%s keeps state for every key and nothing removes it", node_label(n->kind));
}

/* ---- time --------------------------------------------------------------------------------------------------- */

static const struct node *scan_below(const struct node *n) {
    while (n->kind != NODE_SCAN && n->inputs.count == 1) n = n->inputs.at[0];
    return n->kind == NODE_SCAN ? n : NULL;
}

static enum status watermark(struct linter *l, const struct node *n) {
    const struct node *scan = scan_below(n);
    const struct watermark_params *w = &n->as.watermark;
    if (scan == NULL) return STATUS_OK;
    struct str table = scan->as.scan.table->name;
    bool several = l->watermarks > 1 || source_splits(scan->as.scan.options);
    if (l->unbounded && l->event_time && w->idle_timeout_ms <= 0 && several)
        TRY(LINT(l, IDLE_TIMEOUT, n, "Table '%.*s' has no idle timeout, and %s", STR_ARG(table), l->watermarks > 1 ? "its watermark is combined with that of others" : "its splits are read side by side"));
    if (l->event_time && w->expr->kind == EXPR_INPUT)
        TRY(LINT(l, NO_LATENESS, n, "The watermark of table '%.*s' allows for no disorder", STR_ARG(table)));
    return STATUS_OK;
}

static enum status window(struct linter *l, const struct node *n, bool event_time) {
    return event_time ? STATUS_OK : LINT(l, PROCESSING_TIME, n, "%s by processing time", node_label(n->kind));
}

/* ---- order and keys ------------------------------------------------------------------------------------------ */

static enum status rank(struct linter *l, const struct node *n) {
    const struct rank_params *r = &n->as.rank;
    if (r->order_count == 0) return STATUS_OK;
    const struct node *input = n->inputs.at[0];
    const struct type_field *by = &input->row->children[r->order[0].column];
    bool one = r->from == 1 && r->to == 1 && r->to_column < 0;
    if (!one || !type_is_timestamp(by->type) || by->type->time_attr != TIME_ATTR_NONE) return STATUS_OK;
    return LINT(l, TOP_ONE, n, "ROW_NUMBER is ordered by '%.*s', which is no time attribute", STR_ARG(by->name));
}

static enum status sink(struct linter *l, const struct node *n) {
    const struct sink_params *s = &n->as.sink;
    if (s->table == NULL || !l->unbounded || !sink_waits_for_epochs(s->options)) return STATUS_OK;
    if (!session_get(l->plan->session, "execution.checkpointing.interval").given)
        return LINT(l, NO_CHECKPOINTS, n, "Table '%.*s' shows its rows only with checkpoints, and execution.checkpointing.interval is not set", STR_ARG(s->table->name));
    return STATUS_OK;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static enum status node_lints(struct linter *l, const struct node *n) {
    TRY(state(l, n));
    switch (n->kind) {
    case NODE_WATERMARK: return watermark(l, n);
    case NODE_WINDOW_TVF: return window(l, n, n->as.window_tvf.window.event_time);
    case NODE_WINDOW_AGG:
    case NODE_GLOBAL_WINDOW_AGG: return window(l, n, n->as.window_agg.window.event_time);
    case NODE_RANK: return rank(l, n);
    case NODE_SINK_MATERIALIZER: return LINT(l, MATERIALIZER, n, "The plan has a SinkMaterializer");
    case NODE_SINK: return sink(l, n);
    default: return STATUS_OK;
    }
}

/* Joins that wait for the watermark: all but the regular one, which is called just Join. */
static bool is_timed_join(const struct node *n) {
    const char *label = node_label(n->kind);
    return strstr(label, "Join") != NULL && strcmp(label, "Join") != 0 && strstr(label, "Lookup") == NULL;
}

static void survey(struct linter *l) {
    for (uint32_t i = 0; i < l->plan->nodes.count; i++) {
        const struct node *n = l->plan->nodes.at[i];
        l->watermarks += n->kind == NODE_WATERMARK;
        l->event_time |= n->kind == NODE_WINDOW_AGG || n->kind == NODE_GLOBAL_WINDOW_AGG || n->kind == NODE_WINDOW_RANK || n->kind == NODE_TEMPORAL_SORT ||
                         n->kind == NODE_WINDOW_TVF || is_timed_join(n);
    }
}

static enum status whole_plan(struct linter *l, const struct node *root) {
    const struct session *s = l->plan->session;
    if (l->plan->order_reason.at != NULL && l->plan->parallelism > 1)
        TRY(LINT(l, ORDER, root, "%.*s depends on the order of rows, and the parallelism is %u", STR_ARG(l->plan->order_reason), l->plan->parallelism));
    bool interval = session_get(s, "execution.checkpointing.interval").given && session_int(s, "execution.checkpointing.interval") > 0;
    if (l->unbounded && interval && root->as.sink.table != NULL && !session_get(s, "execution.checkpointing.dir").given)
        TRY(LINT(l, NO_CHECKPOINT_DIR, root, "execution.checkpointing.interval is set and execution.checkpointing.dir is not"));
    return STATUS_OK;
}

enum status lint_plan(const struct plan *p, struct arena *a, struct list *ret, struct error *e) {
    assert(p != NULL && p->sinks.count > 0);
    struct linter l = {.plan = p, .arena = a, .to = ret, .error = e, .unbounded = !p->bounded};
    survey(&l);
    for (uint32_t i = 0; i < p->nodes.count; i++) TRY(node_lints(&l, p->nodes.at[i]));
    return whole_plan(&l, p->sinks.at[0]);
}
