/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node: labels of the physical operators, from the one table node.def.
 */
#include "plan/node.h"

#include <assert.h>

struct node_row {
    enum node_kind kind;
    const char *label;
    bool state;
};

static const struct node_row node_rows[] = {
#define X(kind, label, state) {NODE_##kind, label, state},
#include "plan/node.def"
#undef X
};

static_assert(sizeof node_rows / sizeof *node_rows == NODE_KIND_COUNT, "one row per kind");

const char *node_label(enum node_kind k) {
    assert(k < NODE_KIND_COUNT && node_rows[k].kind == k);
    return node_rows[k].label;
}

bool node_has_state(enum node_kind k) {
    assert(k < NODE_KIND_COUNT && node_rows[k].kind == k);
    return node_rows[k].state;
}
