/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reuse_scan: scans of one table that differ in their columns alone become one scan of all of these
 * columns, so that a source is read once, and a record that cannot be read is met once. A projection
 * above takes the new column numbers; where none stands, one is put in. Scans with other partitions or
 * limits stay apart. Conditions do not matter, since readers do not filter; where Flink reads twice
 * because of them, the rows are the same.
 */
#include "plan/physical.h"

#include <assert.h>
#include <string.h>

/* One place that reads a scan: parent's input. */
struct scan_use {
    struct node *parent;
    uint32_t input;
    struct node *scan;
};

struct collector {
    struct physical *p;
    struct list uses; /* struct scan_use */
};

static enum status no_memory(struct physical *p) { return error_no_memory(p->rel.error, sizeof(struct node)); }

static enum status collect(struct collector *c, struct node *n) {
    for (uint32_t i = 0; i < n->inputs.count; i++) {
        struct node *input = n->inputs.at[i];
        if (input->kind != NODE_SCAN) {
            TRY(collect(c, input));
            continue;
        }
        struct scan_use *u = ARENA_NEW(c->p->rel.arena, struct scan_use);
        if (u == NULL) return no_memory(c->p);
        *u = (struct scan_use){n, i, input};
        TRY(list_push(&c->uses, c->p->rel.arena, u));
    }
    return STATUS_OK;
}

/* ---- which scans are one ------------------------------------------------------------------------------- */

static void condition_text(struct buf *out, const struct expr *e, const struct list *partitions) {
    enum { NAMES_MAX = 512 };
    struct str names[NAMES_MAX];
    uint32_t n = partitions->count;
    if (e == NULL || n > NAMES_MAX) {
        buf_format(out, " %p", (const void *)e);
        return;
    }
    for (uint32_t i = 0; i < n; i++) names[i] = *(const struct str *)partitions->at[i];
    buf_char(out, ' ');
    expr_print(out, e, names);
}

/* Everything about a scan but its columns. */
static void source_text(struct buf *out, const struct node *n) {
    const struct scan_params *s = &n->as.scan;
    const struct strmap *raw = s->options->own.raw; /* hints make other options */
    buf_format(out, "%p %u %lld", (const void *)s->table, n->produces, (long long)s->limit);
    for (uint32_t i = 0; raw != NULL && i < strmap_count(raw); i++) {
        const struct ast_option *o = strmap_at(raw, i)->value;
        buf_format(out, " %.*s=%.*s", STR_ARG(o->key), STR_ARG(o->value));
    }
    condition_text(out, s->partition, &s->table->partitioned_by);
}

/* Order of output columns: by table column, then by the path below it. */
static int compare_outputs(const struct scan_params *a, uint32_t i, const struct scan_params *b, uint32_t k) {
    if (a->columns[i] != b->columns[k]) return a->columns[i] < b->columns[k] ? -1 : 1;
    uint32_t n = a->path_counts[i] < b->path_counts[k] ? a->path_counts[i] : b->path_counts[k];
    for (uint32_t s = 0; s < n; s++) {
        if (a->paths[i][s] != b->paths[k][s]) return a->paths[i][s] < b->paths[k][s] ? -1 : 1;
    }
    return (a->path_counts[i] > b->path_counts[k]) - (a->path_counts[i] < b->path_counts[k]);
}

static bool same_columns(const struct scan_params *a, const struct scan_params *b) {
    if (a->column_count != b->column_count) return false;
    for (uint32_t i = 0; i < a->column_count; i++) {
        if (compare_outputs(a, i, b, i) != 0) return false;
    }
    return true;
}

/* ---- the one scan ---------------------------------------------------------------------------------------- */

/* Adds an output of another scan at its place; its number is found by find_output, since later ones move it. */
static void add_output(struct scan_params *s, struct type_field *fields, const struct node *from, uint32_t output) {
    const struct scan_params *f = &from->as.scan;
    uint32_t at = 0;
    while (at < s->column_count && compare_outputs(s, at, f, output) < 0) at++;
    if (at < s->column_count && compare_outputs(s, at, f, output) == 0) return;
    for (uint32_t i = s->column_count; i > at; i--) {
        s->columns[i] = s->columns[i - 1];
        s->paths[i] = s->paths[i - 1];
        s->path_counts[i] = s->path_counts[i - 1];
        fields[i] = fields[i - 1];
    }
    s->columns[at] = f->columns[output];
    s->paths[at] = f->paths[output];
    s->path_counts[at] = f->path_counts[output];
    fields[at] = from->row->children[output];
    s->column_count++;
}

static uint32_t find_output(const struct scan_params *s, const struct scan_params *f, uint32_t output) {
    uint32_t at = 0;
    while (compare_outputs(s, at, f, output) != 0) {
        at++;
        assert(at < s->column_count);
    }
    return at;
}

static enum status move_keys(struct physical *p, struct node *to, const struct node *from) {
    to->upsert_keys = ARENA_ARRAY(p->rel.arena, struct key_set, from->upsert_key_count);
    if (to->upsert_keys == NULL) return no_memory(p);
    to->upsert_key_count = from->upsert_key_count;
    for (uint32_t k = 0; k < from->upsert_key_count; k++) {
        const struct key_set *set = &from->upsert_keys[k];
        uint32_t *columns = ARENA_ARRAY(p->rel.arena, uint32_t, set->count);
        if (columns == NULL) return no_memory(p);
        for (uint32_t i = 0; i < set->count; i++) columns[i] = find_output(&to->as.scan, &from->as.scan, set->columns[i]);
        to->upsert_keys[k] = (struct key_set){columns, set->count};
    }
    return STATUS_OK;
}

static enum status merged_scan(struct physical *p, const struct list *uses, struct node **ret) {
    const struct node *first = ((const struct scan_use *)uses->at[0])->scan;
    uint32_t room = 0;
    for (uint32_t i = 0; i < uses->count; i++) room += ((const struct scan_use *)uses->at[i])->scan->as.scan.column_count;
    struct type_field *fields = ARENA_ARRAY(p->rel.arena, struct type_field, room);
    TRY(node_new(p, NODE_SCAN, NULL, first->row, first->span, ret));
    struct scan_params *s = &(*ret)->as.scan;
    *s = first->as.scan;
    s->filter = NULL; /* a note about one of them */
    s->column_count = 0;
    s->columns = ARENA_ARRAY(p->rel.arena, uint32_t, room);
    s->paths = ARENA_ARRAY(p->rel.arena, uint32_t *, room);
    s->path_counts = ARENA_ARRAY(p->rel.arena, uint32_t, room);
    if (fields == NULL || s->columns == NULL || s->paths == NULL || s->path_counts == NULL) return no_memory(p);
    for (uint32_t i = 0; i < uses->count; i++) {
        const struct node *scan = ((const struct scan_use *)uses->at[i])->scan;
        for (uint32_t k = 0; k < scan->as.scan.column_count; k++) add_output(s, fields, scan, k);
    }
    (*ret)->row = type_row(p->rel.types, fields, s->column_count, false);
    (*ret)->produces = first->produces;
    return (*ret)->row == NULL ? no_memory(p) : move_keys(p, *ret, first);
}

/* The old scan's columns over the merged one. */
static enum status old_columns(struct physical *p, const struct node *merged, const struct node *scan, struct expr ***ret) {
    uint32_t n = scan->as.scan.column_count;
    *ret = ARENA_ARRAY(p->rel.arena, struct expr *, n);
    if (*ret == NULL) return no_memory(p);
    for (uint32_t i = 0; i < n; i++) {
        (*ret)[i] = expr_input(p->rel.arena, find_output(&merged->as.scan, &scan->as.scan, i), scan->row->children[i].type);
        if ((*ret)[i] == NULL) return no_memory(p);
    }
    return STATUS_OK;
}

static enum status renumber_calc(struct physical *p, struct node *calc, struct expr **inputs) {
    struct calc_params *c = &calc->as.calc;
    struct expr **exprs = ARENA_ARRAY(p->rel.arena, struct expr *, c->expr_count);
    if (exprs == NULL) return no_memory(p);
    for (uint32_t i = 0; i < c->expr_count; i++) {
        exprs[i] = expr_replace_inputs(p->rel.arena, c->exprs[i], inputs);
        if (exprs[i] == NULL) return no_memory(p);
    }
    c->exprs = exprs;
    if (c->condition == NULL) return STATUS_OK;
    c->condition = expr_replace_inputs(p->rel.arena, c->condition, inputs);
    return c->condition == NULL ? no_memory(p) : STATUS_OK;
}

static enum status replace_use(struct physical *p, struct node *merged, const struct scan_use *u) {
    struct expr **inputs = NULL;
    struct node *calc = NULL;
    struct node **slot = (struct node **)&u->parent->inputs.at[u->input];
    if (same_columns(&merged->as.scan, &u->scan->as.scan)) {
        *slot = merged;
        return STATUS_OK;
    }
    TRY(old_columns(p, merged, u->scan, &inputs));
    if (u->parent->kind == NODE_CALC) {
        *slot = merged;
        return renumber_calc(p, u->parent, inputs);
    }
    TRY(node_project(p, merged, inputs, u->scan->row, &calc));
    calc->produces = u->scan->produces;
    calc->upsert_keys = u->scan->upsert_keys;
    calc->upsert_key_count = u->scan->upsert_key_count;
    *slot = calc;
    return STATUS_OK;
}

static enum status merge_group(struct physical *p, const struct list *uses) {
    const struct scan_use *first = uses->at[0];
    struct node *merged = NULL;
    bool differ = false;
    for (uint32_t i = 1; i < uses->count; i++) differ |= !same_columns(&first->scan->as.scan, &((const struct scan_use *)uses->at[i])->scan->as.scan);
    if (!differ) return STATUS_OK; /* equal ones are found by reuse_nodes */
    TRY(merged_scan(p, uses, &merged));
    for (uint32_t i = 0; i < uses->count; i++) TRY(replace_use(p, merged, uses->at[i]));
    return STATUS_OK;
}

static enum status group_of(struct physical *p, struct strmap *groups, const struct node *scan, struct list **ret) {
    struct buf text = BUF_INIT;
    source_text(&text, scan);
    enum status s = text.failed ? no_memory(p) : STATUS_OK;
    *ret = s == STATUS_OK ? strmap_get(groups, buf_view(&text)) : NULL;
    if (s == STATUS_OK && *ret == NULL) {
        *ret = ARENA_NEW(p->rel.arena, struct list);
        s = *ret == NULL ? no_memory(p) : strmap_put(groups, buf_view(&text), *ret);
    }
    buf_deinit(&text);
    return s;
}

enum status reuse_scans(struct physical *p) {
    struct collector c = {.p = p};
    struct strmap *groups = strmap_new(p->rel.arena);
    if (groups == NULL) return no_memory(p);
    for (uint32_t i = 0; i < p->plan->sinks.count; i++) TRY(collect(&c, p->plan->sinks.at[i]));
    for (uint32_t i = 0; i < c.uses.count; i++) {
        struct scan_use *u = c.uses.at[i];
        struct list *group = NULL;
        TRY(group_of(p, groups, u->scan, &group));
        TRY(list_push(group, p->rel.arena, u));
    }
    for (uint32_t i = 0; i < strmap_count(groups); i++) TRY(merge_group(p, strmap_at(groups, i)->value));
    return STATUS_OK;
}
