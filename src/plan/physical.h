/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_PLAN_PHYSICAL_H
#define WEIR_PLAN_PHYSICAL_H

#include "plan/bind.h"
#include "plan/plan.h"

/*
 * physical: from the logical tree to nodes with exchanges, and the passes over them. Internal to
 * src/plan. Until the changelog is inferred, a node's `produces` is not valid.
 */
struct physical {
    struct rel_context rel;
    struct session *session;
    struct plan *plan;
    uint32_t depth;
};

static inline struct node *node_input(const struct node *n) { return n->inputs.count == 0 ? NULL : n->inputs.at[0]; }
/* The local (or incremental) aggregate below a global one, whose keys and calls say what it computes; in general: below the exchange. */
static inline struct node *node_local(const struct node *n) {
    struct node *in = node_input(n);
    return in->kind == NODE_EXCHANGE ? node_input(in) : in;
}
static inline uint32_t node_width(const struct node *n) { return n->row->child_count; }

/* A node over one input (or none). */
enum status node_new(struct physical *p, enum node_kind kind, struct node *input, const struct type *row, struct span span, struct node **ret);
/* HASH by the keys, SINGLE without; the input itself when it is distributed so already. */
enum status node_exchange(struct physical *p, struct node *input, const uint32_t *keys, uint32_t count, struct node **ret);
/* Identity projection with a condition. */
enum status node_filter(struct physical *p, struct node *input, struct expr *condition, struct node **ret);
enum status node_project(struct physical *p, struct node *input, struct expr **exprs, const struct type *row, struct node **ret);

/* The tree of rel as nodes. */
enum status physical_convert(struct physical *p, const struct rel *r, struct node **ret);
enum status physical_rank(struct physical *p, const struct rel *r, struct node *input, struct node **ret);
enum status physical_sort(struct physical *p, const struct rel *r, struct node *input, struct node **ret);
enum status physical_window_agg(struct physical *p, const struct rel *r, struct node *input, struct node **ret);
/* An upsert source's rows made full changes: above the scan, or above its watermark assigner. */
enum status physical_normalize(struct physical *p, const struct rel *r, struct node *input, struct node **ret);
bool physical_is_upsert_source(const struct physical *p, const struct rel *r);
/* A condition above ChangelogNormalize: on keys below it, the rest inside. */
enum status physical_filter_normalized(struct physical *p, struct node *normalize, struct expr *condition, struct node **ret);

/* Changelog inference: sets produces, upsert keys, strategies, emit flags; inserts DropUpdateBefore. */
enum status changelog_infer(struct physical *p, struct node *sink);
/* What the node's output rows may be, before anybody asked about -U. */
uint32_t changelog_modify_kinds(const struct node *n);
bool changelog_insert_only(const struct node *n);
/* Upsert keys of a node's output, from its inputs' (which are set). */
enum status keys_infer(struct physical *p, struct node *n);
bool key_contains(const struct key_set *k, const uint32_t *columns, uint32_t count);
bool key_equals(const struct key_set *k, const uint32_t *columns, uint32_t count);
/* Does the column only grow (1), only shrink (-1), stay (2) from update to update of a row? 0 unknown. */
int keys_monotonicity(const struct node *n, uint32_t column);
/* Is the rank a deduplication by a time attribute over insert-only input? */
bool rank_is_deduplicate(const struct node *rank);

/* After inference: aggregate implementations, two phases, mini-batches, flags that follow from the changelog. */
enum status finish_nodes(struct physical *p, struct node *sink);
enum status finish_two_phase(struct physical *p, struct node *n);
enum status finish_mini_batch(struct physical *p, struct node **slot, bool event_time);

/* Sinks. */
enum status sink_collect(struct physical *p, struct node *input, struct node **ret);
enum status sink_insert(struct binder *b, struct physical *p, const struct ast_statement *stmt, struct node **ret);
/* Which update kinds the sink wants of an input with these kinds; error when it cannot take them. */
enum status sink_requirement(struct physical *p, const struct node *sink, uint32_t modify, bool *ret_before, bool *ret_only_after);
/* After inference: enforcer, materialiser, ON CONFLICT rule. */
enum status sink_finish(struct physical *p, struct node *sink, struct str conflict);

/* Whole-plan passes. */
enum status reuse_scans(struct physical *p);
enum status reuse_nodes(struct physical *p);
enum status plan_number(struct physical *p);
enum status uid_assign(struct physical *p);
enum status jobgraph_make(struct physical *p, uint32_t asked);
void node_describe(struct buf *out, const struct node *n);
void changelog_text(struct buf *out, uint32_t bits);

#endif
