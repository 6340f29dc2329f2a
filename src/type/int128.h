/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_INT128_H
#define WEIR_TYPE_INT128_H

#include <stdbool.h>
#include <stdint.h>

/* 128-bit integers for decimals. The compiler's own type; wider products go through decimal.c. */
__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

#endif
