/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_TEST_COMPARE_H
#define WEIR_CLI_TEST_COMPARE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"
#include "base/status.h"

#include <stdbool.h>

/*
 * test_compare: expected against actual lines of a changelog, in one of three modes: the exact
 * sequence, the sequence per key (the first lines' fields by position), or the final table (both
 * sides folded). Lines that are no change ("+I[...]") compare as they are.
 */
enum compare_mode { COMPARE_EXACT, COMPARE_PER_KEY, COMPARE_FINAL };

struct comparison {
    enum compare_mode mode;
    uint32_t keys[16];      /* COMPARE_PER_KEY and upsert results: 0-based columns */
    uint32_t key_count;
    bool upsert;            /* COMPARE_FINAL: fold by key */
};

/* "exact", "per-key 1,2", "final". */
enum status comparison_parse(struct str text, struct comparison *ret, struct error *e);
/* true when equal; else a readable difference is appended to out. Lists of struct str. */
bool compare_lines(struct arena *a, const struct comparison *c, const struct list *expected, const struct list *actual, struct buf *out);

#endif
