/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_EVAL_H
#define WEIR_FUNC_EVAL_H

#include "func/expr.h"
#include "func/func.h"
#include "vec/batch.h"

/*
 * eval: a compiled set of expressions over one input row type, with its registers: what a calc, a
 * filter, a watermark or an aggregate's arguments run on. One program belongs to one subtask.
 *
 * Common deterministic subexpressions that cannot fail are computed once per batch. AND, OR, CASE
 * and COALESCE evaluate a branch only for the rows that reach it. In steady state a batch costs no
 * malloc: registers and their heaps are reset and used again.
 */
struct program;

/* heap names the owner in metrics. exprs are the outputs, in order. */
enum status program_new(struct arena *arena, struct expr *const *exprs, uint32_t count, struct eval_context *context,
                        struct program **ret, struct error *e);
void program_free(struct program *p);
/* Row errors go here from now on (policy not `fail`); NULL restores `fail`. */
void program_set_row_errors(struct program *p, struct row_errors *errors);

/* Forgets the last batch: registers are free to be overwritten. Call once per input batch, before the first program_run. */
void program_begin(struct program *p);
/*
 * Computes output `index` for the given rows of the batch's columns. The vec has values at the same
 * row positions (or is CONST, or is the input column itself) and is valid until program_begin.
 */
enum status program_run(struct program *p, uint32_t index, struct vec *const *columns, const struct rows *rows,
                        struct vec **ret, struct error *e);
/*
 * Output `index` is a condition: the rows for which it is TRUE, written to sel (room for rows->count).
 * Conjuncts are applied in turn on the shrinking selection.
 */
enum status program_filter(struct program *p, uint32_t index, struct vec *const *columns, const struct rows *rows,
                           uint32_t *sel, uint32_t *ret_count, struct error *e);

/* Evaluates a constant expression; the CONST vec lives in the arena. Fails as a row would. */
enum status eval_constant(struct arena *arena, struct expr *e, struct eval_context *context, struct vec **ret, struct error *error);
/* Folds constant subtrees that evaluate without error; leaves the others. */
struct expr *expr_fold(struct arena *arena, struct expr *e, struct eval_context *context);

#endif
