/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_TEST_RUN_H
#define WEIR_CLI_TEST_RUN_H

#include "cli/args.h"
#include "cli/test_compare.h"
#include "cli/test_file.h"
#include "env/env.h"

/*
 * test_run: one case: its own session, virtual clock and scratch directory, its statements run step
 * by step on one thread (or on workers with --threads), every answer compared.
 */
struct test_outcome {
    bool failed;
    struct buf report;      /* why; several lines */
    struct list actual;     /* struct test_actual: what each %expect/%output got, for --update */
};

struct test_actual {
    const struct test_step *step;
    struct list lines;      /* struct str */
};

/* Parallelism 1, default batches, no threads, no extra settings: what expectations are recorded for. */
bool test_configuration_is_default(const struct args *args);

enum status test_case_run(struct arena *a, struct env *env, const struct args *args, const struct test_case *c,
                          struct test_outcome *ret, struct error *e);

#endif
