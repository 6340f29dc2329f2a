/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_FUNC_H
#define WEIR_FUNC_FUNC_H

#include "base/arena.h"
#include "base/error.h"
#include "func/expr.h"
#include "type/timestamp.h"
#include "type/type.h"
#include "vec/vec.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * func: the one table of scalar functions and operators. A row is a name, a bind function that
 * checks argument types, inserts casts and picks a kernel, and documentation. Rows live in
 * func_<family>.def files (X-lists), kernels in func_<family>.c.
 */

/* ---- what a kernel sees ------------------------------------------------------------------ */

/* Facts of the session and the moment; owned by the task, constant during one call. */
struct eval_context {
    const struct zone *zone;      /* table.local-time-zone */
    bool legacy_casts;            /* table.exec.legacy-cast-behaviour */
    int64_t now_us;               /* processing time of this batch (CURRENT_TIMESTAMP per record, PROCTIME) */
    int64_t query_start_us;       /* unused in streaming mode */
    int64_t watermark_ms;         /* current watermark of the operator; WATERMARK_MIN before the first */
    uint64_t random_state[2];     /* RAND, UUID: xoroshiro128+ state */
    struct str current_catalog, current_database;
};

/* Receives rows whose evaluation failed, when the policy is not `fail`. */
struct row_errors {
    uint64_t *failed;        /* bitmap over the batch's rows; the rows' results are NULL */
    uint32_t count;
    struct error first;      /* message of one failed row */
};

struct call {
    const struct func_impl *impl;
    const struct type *type;            /* result type */
    struct eval_context *context;
    struct arena *scratch;              /* lives until the batch is done; for temporaries */
    struct buf *text;                   /* a reusable buffer; empty at entry */
    struct row_errors *row_errors;      /* NULL: policy `fail` */
    struct error *error;
    struct span span;
    uint64_t *state;                    /* this call's own in one program, zero at first: where a random sequence stands */
};

/*
 * A kernel computes out[row] for every row of `rows`. args are FLAT or CONST. For a strict function
 * (the default) rows with a null argument are not in `rows` and are already NULL in out; out's other
 * rows are marked valid before the call. out is FLAT, its heap takes result strings. A kernel never
 * allocates but from call->scratch and out->heap. A row that fails: TRY(call_row_error(...)).
 */
typedef enum status (*kernel_fn)(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out);

/* Under policy `fail` returns STATUS_EVALUATION with the message; else notes the row, sets it NULL and returns OK. */
enum status call_row_error(struct call *c, struct vec *out, uint32_t row, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Argument i's value at a row for FLAT/CONST args: ARG(args[0], int64_t, row). */
#define ARG(v, ctype, row) (((const ctype *)(v)->data)[(v)->form == VEC_CONST ? 0 : (row)])

/* ---- binding ------------------------------------------------------------------------------ */

enum func_flags {
    FUNC_DEFAULT = 0,
    FUNC_CAN_FAIL = 1,           /* a row may fail: never folded blindly, never moved before a filter */
    FUNC_NOT_DETERMINISTIC = 2,  /* RAND, UUID, NOW: never shared or folded */
    FUNC_NOT_STRICT = 4,         /* sees null arguments */
    FUNC_OPERATOR = 8,           /* printed infix; not callable by name */
    FUNC_NO_PARENS = 16,         /* CURRENT_DATE: callable without () */
    FUNC_INTERNAL = 32,          /* not shown to users */
    FUNC_TYPED_ARGS = 64,        /* a bare NULL is refused: Flink's validator wants to see a type */
};

/* What bind chose for one call. In the plan's arena, immutable. */
struct func_impl {
    kernel_fn kernel;
    const void *prepared;        /* compiled pattern, rescale factors, ...; NULL if none */
    uint32_t flags;              /* enum func_flags, may add to the row's */
};

struct func_bind {
    const struct func *func;
    struct arena *arena;         /* plan */
    struct types *types;
    const struct eval_context *session; /* zone, legacy casts: what binding may depend on */
    struct error *error;
    struct span span;            /* of the call */
    struct expr **args;          /* bound arguments; bind may replace them (casts) */
    uint32_t arg_count;
    const struct type *target;   /* CAST: the type asked for; else NULL */
    /* results */
    const struct type *type;
    struct func_impl impl;       /* flags starts as the row's flags */
    struct expr *replacement;    /* set instead: the call is rewritten to this expression (NULLIF -> CASE, BETWEEN -> AND) */
};

struct func {
    struct str name;             /* upper case; operators by symbol */
    uint32_t arg_min, arg_max;   /* arg_max 255 = any number */
    uint32_t flags;
    enum status (*bind)(struct func_bind *b);
    const char *signature;       /* "UPPER(s STRING) -> STRING" */
    const char *doc;             /* one line */
    const char *example;         /* "UPPER('abc') = 'ABC'"; NULL for operators */
};

/* Row `index` of the whole table, families in order; NULL behind the last. */
const struct func *func_at(uint32_t index);
/* The heading of the section of the documentation in which row `index` stands. */
const char *func_section(uint32_t index);
/* By name, ASCII case-insensitive; NULL when unknown. */
const struct func *func_find(struct str name);
/* Nearest name for a suggestion; empty when none. */
struct str func_nearest(struct str name);

/* Binds the call described by *b (func, args, ...): the common path of the functions below. */
enum status func_bind_call(struct func_bind *b, struct expr **ret_expr);
/*
 * Binds a call: argument count, types (func->bind), constant preparation. Errors name the function,
 * the argument types and the signature. On success *ret_expr is an EXPR_CALL or the replacement.
 */
enum status func_call(struct arena *a, struct types *types, const struct eval_context *session, const struct func *f,
                      struct span span, struct expr **args, uint32_t arg_count, struct expr **ret_expr, struct error *e);
/* The same by name; STATUS_BUG when the name does not exist: for the binder's own operators. */
enum status func_call_named(struct arena *a, struct types *types, const struct eval_context *session, const char *name,
                            struct span span, struct expr **args, uint32_t arg_count, struct expr **ret_expr, struct error *e);

/* CAST(e AS t); try_cast for TRY_CAST; implicit casts are the same node. Returns e itself when nothing is to do. */
enum status func_cast(struct arena *a, struct types *types, const struct eval_context *session, struct expr *e,
                      const struct type *t, bool try_cast, struct span span, struct expr **ret_expr, struct error *error);

/* ---- helpers for bind functions (func_bind.c) --------------------------------------------- */

/* Replaces args[i] by a cast to t if its type differs (nullability of the argument is kept). */
enum status bind_cast_arg(struct func_bind *b, uint32_t i, const struct type *t);
/* true if any argument is nullable: the usual nullability of a strict function's result. */
bool bind_any_nullable(const struct func_bind *b);
/* The error "Cannot apply 'F' to arguments of type 'F(<INT>, <STRING>)'. Supported form(s): signature". */
enum status bind_wrong_types(struct func_bind *b);
/* Is args[i] a non-null literal string? Then its text. */
bool bind_literal_str(const struct func_bind *b, uint32_t i, struct str *ret);
bool bind_literal_i64(const struct func_bind *b, uint32_t i, int64_t *ret);
/*
 * Flink's common type of two or more types (CASE branches, COALESCE, set operations, VALUES, IN,
 * comparisons): NULL in *ret when there is none. Nullability: nullable if any is.
 */
enum status type_common(struct types *p, const struct type *const *t, uint32_t count, const struct type **ret);
/* Is an implicit (assignment) cast from one type to another allowed, and an explicit one? */
bool cast_implicit_ok(const struct type *from, const struct type *to);
bool cast_explicit_ok(const struct type *from, const struct type *to);

#endif
