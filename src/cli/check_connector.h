/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_CHECK_CONNECTOR_H
#define WEIR_CLI_CHECK_CONNECTOR_H

#include "base/error.h"
#include "sql/ast.h"

/*
 * check_connector: tables over connectors and formats that Flink has, in its own releases or in those of
 * others, and Weir has not. They are named, and stood in for, so that the statements that use
 * them can be looked at.
 */
struct foreign_connector {
    const char *name;
    const char *what;        /* for people: "Apache Kafka" */
    const char *changelog;   /* that reading yields; a format may say otherwise */
    bool bounded;            /* reading ends */
    bool insert_only;        /* writing, without a primary key */
    bool epochs;             /* writing commits with checkpoints */
};

/* NULL: nobody has heard of it. */
const struct foreign_connector *foreign_connector_find(struct str name);
/* What a format of that name is ("Apache Avro"); NULL: nobody has heard of it. *ret_changelog: what reading it yields, NULL: insertions. */
const char *foreign_format_find(struct str name, const char **ret_changelog);

/* A copy of CREATE TABLE whose connector is the stand-in for what f and the options say; f may be NULL. */
enum status foreign_stand_in(struct arena *a, const struct ast_statement *stmt, const struct foreign_connector *f, struct ast_statement **ret, struct error *e);

#endif
