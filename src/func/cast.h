/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_CAST_H
#define WEIR_FUNC_CAST_H

#include "func/func.h"

/*
 * The insides of CAST, private to the func_cast and cast_* files: a plan per pair of types, which for
 * nested types has a plan per child, and one function per plan that converts one value.
 */
struct cast_plan;

enum { CAST_MESSAGE_MAX = 400 };

/* What one call of the kernel carries. */
struct cast_run {
    struct call *call;
    char message[CAST_MESSAGE_MAX]; /* of the last STATUS_EVALUATION */
};

/* in's row is not null; out's row is already marked valid. STATUS_EVALUATION: the value has no such form, see message. */
typedef enum status (*cast_fn)(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row,
                               struct vec *out, uint32_t out_row);

struct cast_plan {
    const struct type *from, *to;
    cast_fn fn;
    bool can_fail;
    bool legacy;                    /* table.exec.legacy-cast-behaviour is ENABLED */
    bool pads;                      /* CHAR(n) and BINARY(n) are filled up */
    uint32_t child_count;
    const struct cast_plan **children;
};

/* Converts one value, NULL to NULL. */
enum status cast_value(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out,
                       uint32_t out_row);
/* Writes r->message; returns STATUS_EVALUATION. */
enum status cast_fail(struct cast_run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The function for a pair of types; NULL: there is none. *ret_can_fail is set if a value may be refused. */
cast_fn cast_to_text(const struct type *from, const struct type *to);
cast_fn cast_to_bytes(const struct type *from, const struct type *to);
cast_fn cast_to_number(const struct type *from, const struct type *to, bool *ret_can_fail);
cast_fn cast_to_temporal(const struct type *from, const struct type *to, bool *ret_can_fail);
/* A loop over whole columns between the plain numeric types; NULL: none. */
kernel_fn cast_number_kernel(const struct type *from, const struct type *to);

#endif
