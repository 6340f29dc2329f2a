/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_CHECK_INTERNAL_H
#define WEIR_CLI_CHECK_INTERNAL_H

#include "base/strmap.h"
#include "cli/check_script.h"
#include "sql/ast.h"

/*
 * check_internal: what check_script.c (the way through a text) and check_verdict.c (errors and names)
 * share. A piece is the text of one statement; its spans count from its begin.
 */
struct checker {
    struct arena *arena;
    struct env *env;
    struct session *session;
    struct strmap *objects;           /* name -> struct check_object: what CREATE statements of the texts named */
    struct strmap *functions;         /* names of CREATE FUNCTION, as written */
    struct strmap *catalogs;          /* of kinds that Weir has not: their tables are not known */
    uint32_t file_number;
    struct check_file *file;
    struct check_statement *statement;
    uint32_t base;                    /* where the piece begins in the file's text */
    struct str piece;
    struct check_statement *endless;  /* an INSERT that never ends; NULL: none in this file */
    bool endless_told, has_job;
};

struct check_object {
    uint32_t file_number;
    struct check_statement *made_by;
    bool opaque;                      /* known by name only */
    bool used;
};

/* Adds a finding to the current statement; span counts in the piece, end 0: the whole statement. */
enum status check_add(struct checker *c, enum lint_rule_id rule, struct span span, struct str message, struct str hint);
/* What the failure of the current statement means. */
enum status check_judge(struct checker *c, const struct error *why);
/* Names that the piece creates and uses: makes objects, marks them used. Forgets those of earlier files that are made anew. */
enum status check_names(struct checker *c);
/* The object that the piece creates (CREATE TABLE, VIEW, ...), NULL: none. */
struct check_object *check_created(struct checker *c);

#endif
