/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one include of a unit test: cmocka, with the headers that it wants before itself.
 * Unit tests include it as "unit/unit.h".
 */
#ifndef WEIR_TEST_UNIT_UNIT_H
#define WEIR_TEST_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
