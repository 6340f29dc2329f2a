/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_CHECK_SCRIPT_H
#define WEIR_CLI_CHECK_SCRIPT_H

#include "env/env.h"
#include "plan/lint.h"

/*
 * check_script: judges every statement of SQL texts without running any. A statement that is wrong or
 * that Weir does not run does not end the text: the next one begins behind its semicolon, and tables
 * that could not be made stay known by name, so that one fault is told once.
 */
enum check_verdict { CHECK_SUPPORTED, CHECK_DIFFERS, CHECK_UNKNOWN, CHECK_UNSUPPORTED, CHECK_INVALID };

/* "Supported", "Differs", ... */
const char *check_verdict_text(enum check_verdict v);

struct check_finding {
    const struct lint_rule *rule;
    struct span span;             /* in the file's text */
    struct str message, hint;     /* hint may be empty: the rule's advice stands then */
};

struct check_statement {
    struct span span;
    struct str label;             /* how it begins, on one line */
    enum check_verdict verdict;
    struct list findings;         /* struct check_finding */
};

struct check_file {
    struct str name, text;
    struct list statements;       /* struct check_statement */
};

struct checker;

enum status checker_new(struct arena *a, struct env *env, struct checker **ret, struct error *e);
/* The texts of one checker share tables and views, in the order in which they are given. Fails only without memory. */
enum status checker_file(struct checker *c, struct str name, struct str text, struct check_file **ret, struct error *e);

#endif
