/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_VEC_MAP_ORDER_H
#define WEIR_VEC_MAP_ORDER_H

#include "vec/vec.h"

/*
 * The order in which a java.util.HashMap with these keys, put in this order, would show them: what
 * Row.toString prints of a MAP or MULTISET. Keys of types without a simple hash keep their order.
 * order has room for count entries and gets indexes from 0. room is as large, and is overwritten.
 */
void map_order_java(const struct vec *keys, uint32_t offset, uint32_t count, uint32_t *order, uint32_t *room);

#endif
