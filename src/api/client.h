/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_API_CLIENT_H
#define WEIR_API_CLIENT_H

#include "catalog/session.h"
#include "env/env.h"
#include "plan/plan.h"
#include "sql/ast.h"

/*
 * client: what the command line, the shell and the library share between a parsed statement and
 * what is done with its outcome. Definitions take effect at once; what has an answer of text comes
 * back as a table or as a text; SELECT, INSERT and statement sets come back as a plan to be run.
 */

/* A session as this machine wants it: its cores, and its time zone (TZ, else /etc/timezone, else UTC). */
enum status client_session_new(struct arena *a, struct env *env, struct session **ret, struct error *e);

enum outcome_kind {
    OUTCOME_DONE,  /* nothing to show */
    OUTCOME_TABLE, /* SHOW, DESCRIBE, SET without a key */
    OUTCOME_TEXT,  /* EXPLAIN */
    OUTCOME_JOB,   /* plan */
};

struct outcome {
    enum outcome_kind kind;
    struct text_table table;
    struct str text;    /* in the arena */
    struct plan *plan;  /* in the arena */
};

/* a: of the statement and what comes of it; definitions go to the session's own. sql: the text the statement's spans point into. */
enum status client_execute(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql, uint32_t parallelism,
                           struct outcome *ret, struct error *e);
/* The text of EXPLAIN for stmt, which is an EXPLAIN, a query, an INSERT or a statement set. */
enum status client_explain(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql, uint32_t parallelism,
                           struct buf *out, struct error *e);

#endif
