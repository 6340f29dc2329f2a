/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_EXPR_H
#define WEIR_FUNC_EXPR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "type/type.h"
#include "vec/vec.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * expr: a bound, typed expression over the columns of one input row: what the binder makes, the
 * rewrite rules move about, and the evaluator (eval.h) compiles. Immutable, in the plan's arena;
 * sub-expressions may be shared. Every implicit cast is an explicit call node here.
 */

struct func;

enum expr_kind {
    EXPR_INPUT,   /* column `index` of the input row */
    EXPR_LITERAL, /* value: a CONST vec with one row */
    EXPR_CALL,    /* func over args, strict unless the func says otherwise */
    EXPR_AND,     /* n-ary, three-valued; evaluates a later argument only for rows that need it */
    EXPR_OR,
    EXPR_CASE,    /* args: when, then, when, then, ..., else (always present) */
    EXPR_COALESCE,/* first non-null argument, lazily */
    EXPR_FIELD,   /* args[0].field index `index` of a ROW */
};

struct expr {
    enum expr_kind kind;
    const struct type *type;   /* with nullability as Flink reports it */
    struct span span;          /* in the SQL text, for errors at run time; may be empty */
    uint32_t index;            /* EXPR_INPUT, EXPR_FIELD */
    uint32_t arg_count;
    struct expr **args;
    const struct vec *value;   /* EXPR_LITERAL */
    const struct func *func;   /* EXPR_CALL */
    const struct func_impl *impl; /* EXPR_CALL: what bind chose */
};

struct expr *expr_input(struct arena *a, uint32_t index, const struct type *type);
/* value is copied into the arena as a CONST vec. */
struct expr *expr_literal(struct arena *a, const struct vec *value, uint32_t row, const struct type *type);
struct expr *expr_null(struct arena *a, const struct type *type);
struct expr *expr_bool(struct arena *a, struct types *t, bool value);
struct expr *expr_i64(struct arena *a, const struct type *integer_or_timestamp_type, int64_t value);
struct expr *expr_str(struct arena *a, const struct type *text_type, struct str value);
/* AND, OR, CASE, COALESCE, FIELD with a type decided by the caller. */
struct expr *expr_special(struct arena *a, enum expr_kind kind, const struct type *type, struct expr **args, uint32_t count);

bool expr_is_literal(const struct expr *e);
/* Nothing but literals below, and deterministic: may be folded. */
bool expr_is_constant(const struct expr *e);
bool expr_is_deterministic(const struct expr *e);
/* Can evaluating a row fail? */
bool expr_can_fail(const struct expr *e);
/* Same kind, function, literal and inputs; used for common subexpressions and matching GROUP BY. */
bool expr_equal(const struct expr *a, const struct expr *b);
/* Sets used[i] for each input column read. */
void expr_inputs(const struct expr *e, bool *used);
/* A copy whose inputs are replaced by expressions: inputs[i] stands for column i. Shares what does not change. */
struct expr *expr_replace_inputs(struct arena *a, const struct expr *e, struct expr *const *inputs);

/* Text as Flink's plans print it: "(a > 5)", "CAST(x AS BIGINT)"; names[i] is column i's name. */
void expr_print(struct buf *out, const struct expr *e, const struct str *names);

#endif
