/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_PLAN_LINT_H
#define WEIR_PLAN_LINT_H

#include "plan/plan.h"

/*
 * lint: advice on a plan that is right but perhaps not what was meant, and the table of all rules of
 * `weir check`, verdicts included.
 */
enum lint_severity { LINT_ERROR, LINT_WARNING, LINT_NOTE };

enum lint_rule_id {
#define X(name, id, severity, doc, advice) LINT_RULE_##name,
#include "plan/lint.def"
#undef X
    LINT_RULE_COUNT,
};

struct lint_rule {
    const char *id;
    enum lint_severity severity;
    const char *doc, *advice;
};

const struct lint_rule *lint_rule(enum lint_rule_id id);

struct lint {
    enum lint_rule_id rule;
    struct span span;       /* end 0: the statement as a whole */
    struct str message;     /* what it is about here; in the arena */
};

/* Appends struct lint. */
enum status lint_plan(const struct plan *p, struct arena *a, struct list *ret, struct error *e);
enum status lint_add(struct list *to, struct arena *a, enum lint_rule_id rule, struct span span, struct error *e, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
