/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_TEST_FILE_H
#define WEIR_CLI_TEST_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * test_file: the .test format, parsed: cases made of steps, each step a directive line (%case,
 * %sql, %query, %expect, ...) and the lines below it. docs/development.md describes the format.
 */
enum step_kind { STEP_COMPARE, STEP_NEEDS, STEP_FILE, STEP_SQL, STEP_QUERY, STEP_EXPECT, STEP_FAILS, STEP_OUTPUT, STEP_ORIGIN, STEP_UNSUPPORTED };

struct test_step {
    enum step_kind kind;
    struct str argument;   /* rest of the directive line, trimmed */
    struct str body;       /* the lines below, verbatim, with their newlines */
    uint32_t line;         /* of the directive, 1-based */
};

struct test_case {
    struct str name;
    uint32_t line;
    struct list steps;     /* struct test_step */
};

enum status test_file_parse(struct arena *a, struct str text, struct list *ret_cases, struct error *e);

/* The lines of a section without blank lines at the ends and without `#` comment lines; in the arena. */
enum status test_lines(struct arena *a, struct str body, struct list *ret);

#endif
