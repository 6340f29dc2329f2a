/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names, texts and classes of the status codes, all derived from STATUS_LIST.
 */
#include "base/status.h"

#include <assert.h>

struct status_row {
    const char *name;
    const char *text;
    enum status_class class;
};

static const struct status_row status_rows[] = {
#define X(name, class, text) {#name, text, STATUS_CLASS_##class},
    STATUS_LIST(X)
#undef X
};

static const struct status_row *row_of(enum status s) {
    assert((int)s >= 0 && (int)s < STATUS_COUNT);
    return &status_rows[s];
}

const char *status_name(enum status s) { return row_of(s)->name; }

const char *status_text(enum status s) { return row_of(s)->text; }

enum status_class status_class(enum status s) { return row_of(s)->class; }
