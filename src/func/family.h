/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_FAMILY_H
#define WEIR_FUNC_FAMILY_H

#include "func/func.h"

/*
 * family: a run of rows of the function table, defined by one file func_<name>.c as
 *   const struct func_family func_family_<name> = {rows, count};
 * The families are listed once, in family.def.
 */
struct func_family {
    const struct func *rows;
    uint32_t count;
    const char *title; /* of the section of the documentation that begins here; NULL: the one before goes on */
};

#define X(name) extern const struct func_family func_family_##name;
#include "func/family.def"
#undef X

#endif
