/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_LIST_KERNEL_H
#define WEIR_FUNC_LIST_KERNEL_H

#include "func/kernel.h"

/*
 * list_kernel: reading and building the elements of arrays and maps. A result is built at the end of
 * the out vec's children: list_open makes room for the most that may come, list_add appends,
 * list_close gives back what was not used and sets the row.
 */
struct list_view {
    const struct vec *elements; /* of an array; the keys of a map */
    const struct vec *values;   /* of a map */
    uint32_t offset, count;
};

static inline struct list_view arg_list(const struct vec *v, uint32_t row)
{
    struct list_ref r = VEC_DATA(v, const struct list_ref)[arg_row(v, row)];
    return (struct list_view){v->children[0], v->child_count > 1 ? v->children[1] : NULL, r.offset, r.count};
}

struct list_build {
    struct vec *out;
    uint32_t row, offset, count;
};

enum status list_open(struct list_build *l, struct vec *out, uint32_t row, uint32_t room);
/* Appends element src[at]. */
enum status list_add(struct list_build *l, const struct vec *src, uint32_t at);
/* Puts a key and its value; a key that is there already gets the new value. */
enum status list_put(struct list_build *l, const struct vec *keys, uint32_t key, const struct vec *values, uint32_t value);
/* Is src[at] among the elements so far? */
bool list_has(const struct list_build *l, const struct vec *src, uint32_t at);
/* Equality as the collection functions see it: NULL equals NULL, NaN nothing, 0.0 equals -0.0, maps in any order. */
bool list_value_equal(const struct vec *a, uint32_t i, const struct vec *b, uint32_t k);
/* Index from 0 of src[at] in a list; UINT32_MAX: it is not there. */
uint32_t list_find(const struct list_view *l, const struct vec *src, uint32_t at);
enum status list_close(struct list_build *l);

/* The common type of the arguments from `first` on, to which they are cast; the usual error when there is none. */
enum status bind_list_common(struct func_bind *b, uint32_t first, uint32_t step, const struct type **ret);
/* Casts argument i for use with elements of type t, if that is implicitly possible. */
enum status bind_element(struct func_bind *b, uint32_t i, const struct type *t);

#endif
