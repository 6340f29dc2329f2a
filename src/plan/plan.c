/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: one statement to one plan: bind, rules, operators, changelog, reuse, ids, graphs. Each step is
 * its own file; this one only puts them in order.
 */
#include "plan/plan.h"

#include "plan/ddl.h"
#include "plan/physical.h"

#include <assert.h>

enum status plan_rules(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status plan_rules(const struct rel_context *c, struct rel *r, struct rel **ret) {
    TRY(rule_merge(c, r, &r));
    TRY(rule_rank(c, r, &r));
    TRY(rule_merge(c, r, &r));
    TRY(rule_split_distinct(c, r, &r));
    TRY(rule_merge(c, r, &r));
    TRY(rule_window(c, r, &r));
    TRY(rule_unique(c, r, &r));
    TRY(rule_merge(c, r, &r));
    TRY(rule_partitions(c, r, &r));
    TRY(rule_prune(c, r, &r));
    for (int i = 0; i < 2; i++) { /* what the first round frees below, the second takes */
        TRY(rule_nested(c, r, &r));
        TRY(rule_prune(c, r, &r));
    }
    TRY(rule_merge(c, r, &r));
    TRY(rule_fold(c, r, &r));
    TRY(rule_empty(c, r, &r));
    return rule_source(c, r, ret);
}

/* The client sees no processing-time attributes: they become timestamps. */
static enum status materialize(struct binder *b, struct rel *r, struct rel **ret) {
    uint32_t n = rel_width(r);
    bool any = false;
    struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, n);
    if (exprs == NULL || names == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) {
        names[i] = rel_name(r, i);
        exprs[i] = rel_column(&b->rel, r, i);
        if (exprs[i] == NULL) return error_no_memory(b->rel.error, sizeof **exprs);
        if (exprs[i]->type->root == TYPE_NULL) return error_at(b->rel.error, STATUS_INVALID, r->span, "Illegal use of 'NULL': column '%.*s' has no type", STR_ARG(names[i]));
        if (exprs[i]->type->time_attr != TIME_ATTR_PROCTIME) continue;
        exprs[i] = bind_plain(b, exprs[i]);
        any = true;
    }
    *ret = any ? rel_project(&b->rel, r, exprs, names, n) : r;
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof **ret) : STATUS_OK;
}

static enum status set_result(struct binder *b, struct plan *p, const struct rel *r) {
    uint32_t n = rel_width(r);
    struct type_field *f = ARENA_ARRAY(b->rel.arena, struct type_field, n);
    p->result_names = ARENA_ARRAY(b->rel.arena, struct str, n);
    if (f == NULL || p->result_names == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) {
        f[i].name = p->result_names[i] = rel_name(r, i);
        f[i].type = type_time_attr(b->rel.types, rel_type(r, i), TIME_ATTR_NONE);
    }
    p->result = type_row(b->rel.types, f, n, false);
    return p->result == NULL ? error_no_memory(b->rel.error, sizeof *f) : STATUS_OK;
}

static enum status plan_select(struct binder *b, struct physical *p, const struct ast_statement *stmt) {
    struct rel *r = NULL;
    struct node *root = NULL, *sink = NULL;
    TRY(bind_query(b, stmt->query, true, &r));
    TRY(materialize(b, r, &r));
    TRY(set_result(b, p->plan, r));
    TRY(list_push(&p->plan->logical, b->rel.arena, r));
    TRY(plan_rules(&b->rel, r, &r));
    TRY(physical_convert(p, r, &root));
    TRY(sink_collect(p, root, &sink));
    sink->span = stmt->span;
    return list_push(&p->plan->sinks, b->rel.arena, sink);
}

static enum status finish_sink(struct physical *p, struct node *sink, struct str conflict) {
    TRY(changelog_infer(p, sink));
    TRY(finish_nodes(p, node_input(sink)));
    TRY(sink_finish(p, sink, conflict));
    if (!session_bool(p->session, "table.exec.mini-batch.enabled")) return STATUS_OK;
    return finish_mini_batch(p, (struct node **)&sink->inputs.at[0], false);
}

static enum status plan_insert(struct binder *b, struct physical *p, const struct ast_statement *stmt) {
    struct node *sink = NULL;
    TRY(sink_insert(b, p, stmt, &sink));
    TRY(finish_sink(p, sink, stmt->conflict));
    return list_push(&p->plan->sinks, b->rel.arena, sink);
}

static enum status plan_sinks(struct binder *b, struct physical *p, const struct ast_statement *stmt) {
    switch (stmt->kind) {
    case AST_SELECT:
        TRY(plan_select(b, p, stmt));
        return finish_sink(p, p->plan->sinks.at[0], (struct str){0});
    case AST_INSERT: return plan_insert(b, p, stmt);
    case AST_STATEMENT_SET:
        for (uint32_t i = 0; i < stmt->statements.count; i++) TRY(plan_insert(b, p, stmt->statements.at[i]));
        if (stmt->statements.count == 0) return error_at(b->rel.error, STATUS_INVALID, stmt->span, "The statement set is empty");
        return STATUS_OK;
    case AST_EXPLAIN: return plan_sinks(b, p, stmt->statements.at[0]);
    default: return error_at(b->rel.error, STATUS_INVALID, stmt->span, "This statement makes no job");
    }
}

static bool is_bounded(const struct plan *p) {
    for (uint32_t i = 0; i < p->nodes.count; i++) {
        const struct node *n = p->nodes.at[i];
        if (n->kind != NODE_SCAN) continue;
        const struct connector *c = n->as.scan.options->connector;
        if (c->bounded != NULL && !c->bounded(&n->as.scan.options->own)) return false;
    }
    return true;
}

static enum status make(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql, uint32_t parallelism, struct plan **ret, struct error *e) {
    struct plan *plan = ARENA_NEW(a, struct plan);
    if (plan == NULL) return error_no_memory(e, sizeof *plan);
    *plan = (struct plan){.arena = a, .session = s, .sql = sql};
    struct rel_context rel = {.arena = a, .types = s->types, .eval = &s->eval, .error = e};
    if (session_bool(s, "table.optimizer.distinct-agg.split.enabled")) {
        int64_t buckets = session_int(s, "table.optimizer.distinct-agg.split.bucket-num");
        if (buckets <= 0 || buckets > INT32_MAX) return error_set(e, STATUS_OPTION, "table.optimizer.distinct-agg.split.bucket-num must be a positive number");
        rel.split_buckets = (uint32_t)buckets;
    }
    struct binder b = {.rel = rel, .session = s, .sql = sql};
    struct physical p = {.rel = rel, .session = s, .plan = plan};
    if (session_bool(s, "table.exec.mini-batch.enabled") && session_int(s, "table.exec.mini-batch.allow-latency") <= 0) {
        return error_set(e, STATUS_OPTION, "If table.exec.mini-batch.enabled set to true, table.exec.mini-batch.allow-latency must be set to a positive time");
    }
    TRY(plan_sinks(&b, &p, stmt));
    if (session_bool(s, "table.optimizer.reuse-sub-plan-enabled")) {
        if (session_bool(s, "table.optimizer.reuse-source-enabled")) TRY(reuse_scans(&p));
        TRY(reuse_nodes(&p));
    }
    TRY(plan_number(&p));
    TRY(uid_assign(&p));
    plan->bounded = is_bounded(plan);
    TRY(jobgraph_make(&p, parallelism));
    *ret = plan;
    return STATUS_OK;
}

enum status plan_statement(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql, uint32_t parallelism, struct plan **ret,
                           struct error *e) {
    assert(s != NULL && stmt != NULL && e != NULL);
    ddl_attach(s);
    enum status status = make(s, a, stmt, sql, parallelism, ret, e);
    if (status != STATUS_OK && e->status == STATUS_OK) return error_no_memory(e, 0); /* small allocations say nothing */
    return status;
}
