/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_CHECK_PRINT_H
#define WEIR_CLI_CHECK_PRINT_H

#include "cli/args.h"
#include "cli/check_script.h"

/* check_print: what a check has found, for people and for programs. files: struct check_file. */
void check_print(struct buf *out, enum check_format format, const struct list *files);
/* SARIF 2.1.0, in check_sarif.c. */
void check_print_sarif(struct buf *out, const struct list *files);

struct check_totals {
    uint32_t statements, verdicts[CHECK_INVALID + 1], severities[LINT_NOTE + 1];
};
struct check_totals check_count(const struct list *files);
/* "error", "warning", "note": SARIF's levels, too. */
const char *check_severity_text(enum lint_severity s);

#endif
