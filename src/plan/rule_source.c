/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_source: what a source can leave out. Conditions on the columns of PARTITIONED BY alone go into the
 * scan and vanish above it: the connector opens no file of a partition that cannot match. A LIMIT
 * directly over a scan goes into it as well, and stays, since each reader counts for itself. The rest of
 * a condition is noted in the scan, for EXPLAIN. Nothing goes below a watermark assigner, as in Flink:
 * rows that are not read make no watermarks.
 */
#include "plan/rel.h"

#include <assert.h>
#include <string.h>

enum { COLUMNS_MAX = 4096 };

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

static bool has_ability(const struct rel *scan, uint32_t ability) { return (scan->as.scan.options->connector->abilities & ability) != 0; }

/* The number of an output column among the table's partition columns; -1 if it is none. */
static int32_t partition_index(const struct rel_scan *s, uint32_t output) {
    const struct column *c = &s->table->columns[s->columns[output]];
    for (uint32_t i = 0; c->kind == AST_PHYSICAL && i < s->table->partitioned_by.count; i++) {
        if (str_equal(*(const struct str *)s->table->partitioned_by.at[i], c->name)) return (int32_t)i;
    }
    return -1;
}

/* Does the condition look at partition columns alone, and always say the same? */
static bool is_partition_condition(const struct rel *scan, const struct expr *e) {
    bool used[COLUMNS_MAX] = {false}, any = false;
    if (rel_width(scan) > COLUMNS_MAX || expr_can_fail(e) || !expr_is_deterministic(e)) return false;
    expr_inputs(e, used);
    for (uint32_t i = 0; i < rel_width(scan); i++) {
        if (!used[i]) continue;
        any = true;
        if (partition_index(&scan->as.scan, i) < 0) return false;
    }
    return any;
}

/* The condition over the partition columns in the order of PARTITIONED BY. */
static struct expr *over_partitions(const struct rel_context *c, const struct rel *scan, const struct expr *e) {
    struct expr **inputs = ARENA_ARRAY(c->arena, struct expr *, rel_width(scan));
    for (uint32_t i = 0; inputs != NULL && i < rel_width(scan); i++) {
        int32_t k = partition_index(&scan->as.scan, i);
        inputs[i] = expr_input(c->arena, k < 0 ? 0 : (uint32_t)k, rel_type(scan, i));
        if (inputs[i] == NULL) return NULL;
    }
    return inputs == NULL ? NULL : expr_replace_inputs(c->arena, e, inputs);
}

static enum status push_partitions(const struct rel_context *c, struct rel *filter, struct rel *scan, struct rel **ret) {
    struct list all = {0}, pushed = {0}, kept = {0};
    TRY(expr_conjuncts(c->arena, filter->as.filter.condition, &all));
    for (uint32_t i = 0; i < all.count; i++) {
        struct expr *e = all.at[i];
        bool push = is_partition_condition(scan, e);
        if (push) e = over_partitions(c, scan, e);
        if (e == NULL) return no_memory(c);
        TRY(list_push(push ? &pushed : &kept, c->arena, e));
    }
    *ret = filter;
    if (pushed.count == 0) return STATUS_OK;
    struct rel *s = rel_copy(c, scan), *f = rel_copy(c, filter);
    if (s == NULL || f == NULL) return no_memory(c);
    s->as.scan.partition = expr_and(c, &pushed);
    f->as.filter.condition = expr_and(c, &kept);
    f->inputs.at[0] = s;
    if (s->as.scan.partition == NULL || (kept.count > 0 && f->as.filter.condition == NULL)) return no_memory(c);
    *ret = kept.count == 0 ? s : f;
    return STATUS_OK;
}

enum status rule_partitions(const struct rel_context *c, struct rel *r, struct rel **ret) {
    TRY(rel_map_inputs(c, r, rule_partitions, &r));
    *ret = r;
    if (r->kind != REL_FILTER || rel_input(r)->kind != REL_SCAN) return STATUS_OK;
    struct rel *scan = rel_input(r);
    bool wanted = has_ability(scan, CONNECTOR_PARTITIONS) && scan->as.scan.table->partitioned_by.count > 0 && scan->as.scan.partition == NULL;
    return wanted ? push_partitions(c, r, scan, ret) : STATUS_OK;
}

/* ---- LIMIT, and conditions for EXPLAIN --------------------------------------------------------------------- */

static bool is_bounded(const struct rel *scan) {
    const struct table_options *o = scan->as.scan.options;
    return o->connector->bounded == NULL || o->connector->bounded(&o->own);
}

/* The first rows of r are the first rows of the scan below; *ret stays r where there is none. */
static enum status push_limit(const struct rel_context *c, struct rel *r, int64_t rows, struct rel **ret) {
    *ret = r;
    bool scan = r->kind == REL_SCAN && has_ability(r, CONNECTOR_LIMIT) && is_bounded(r);
    if (!scan && (r->kind != REL_PROJECT)) return STATUS_OK;
    struct rel *n = rel_copy(c, r);
    if (n == NULL) return no_memory(c);
    if (scan) n->as.scan.limit_rows = rows;
    else TRY(push_limit(c, rel_input(r), rows, (struct rel **)&n->inputs.at[0]));
    *ret = n;
    return STATUS_OK;
}

static enum status limit(const struct rel_context *c, struct rel *r, struct rel **ret) {
    const struct rel_sort *s = &r->as.sort;
    int64_t rows;
    *ret = r;
    if (s->order_count > 0 || s->limit <= 0 || __builtin_add_overflow(s->limit, s->offset, &rows)) return STATUS_OK;
    struct rel *n = rel_copy(c, r);
    if (n == NULL) return no_memory(c);
    *ret = n;
    return push_limit(c, rel_input(r), rows, (struct rel **)&n->inputs.at[0]);
}

static enum status note_filter(const struct rel_context *c, struct rel *r, struct rel **ret) {
    struct rel *scan = rel_input(r), *n = rel_copy(c, r), *s = rel_copy(c, scan);
    if (n == NULL || s == NULL) return no_memory(c);
    s->as.scan.filter = r->as.filter.condition;
    n->inputs.at[0] = s;
    *ret = n;
    return STATUS_OK;
}

enum status rule_source(const struct rel_context *c, struct rel *r, struct rel **ret) {
    TRY(rel_map_inputs(c, r, rule_source, &r));
    *ret = r;
    if (r->kind == REL_SORT) return limit(c, r, ret);
    bool noted = r->kind == REL_FILTER && rel_input(r)->kind == REL_SCAN && has_ability(rel_input(r), CONNECTOR_LIMIT);
    return noted ? note_filter(c, r, ret) : STATUS_OK;
}
