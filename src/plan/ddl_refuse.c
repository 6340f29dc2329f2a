/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_refuse: statements that Flink's grammar has and Weir does not run: each is refused by its name, with the reason.
 */
#include "plan/ddl.h"

#include <assert.h>

struct refusal { const char *word, *reason, *hint; };

/* By the first rule whose word stands in the statement's name. */
static const struct refusal refusals[] = {
    {"JAR", "there is no Java virtual machine to load it into", "Built-in connectors and functions need no JAR"},
    {"FUNCTION", "functions of users are Java or Python classes, and there is neither virtual machine here", "SHOW FUNCTIONS lists what is there"},
    {"MATERIALIZED TABLE", "its refreshing needs a scheduler", "Write CREATE TABLE and INSERT INTO, or a view"},
    {"MODEL", "model providers are Java classes", NULL},
    {"CONNECTION", "there is no store of secrets", "Write the options into the table's WITH"},
    {"PLAN", "compiled plans are Flink's own JSON of Java classes", "Savepoints fit by operator ids: run the SQL again with --from-savepoint"},
    {"CALL", "procedures belong to catalogs written in Java", NULL},
    {"ANALYZE", "there is no batch planner whose statistics it would feed", NULL},
    {"UPDATE", "it needs batch mode, and a sink that can change its rows", "Write INSERT INTO a table with a primary key"},
    {"DELETE", "it needs batch mode, and a sink that can delete rows", NULL},
    {"TRUNCATE", "it needs batch mode, and a sink that can be emptied", NULL},
    {"MERGE", "Flink's SQL has it in the grammar only", NULL},
    {"UPSERT", "Flink's SQL has it in the grammar only", "Write INSERT INTO a table with a primary key"},
    {"PROCEDURES", "procedures belong to catalogs written in Java", NULL},
    {"STOP JOB", "the statements of a session run one after the other, so that no job runs when this one is read", "Stop a running job with Ctrl-C or SIGTERM; --savepoint DIR keeps its state"},
    {"QUIT", "it is a command of the interactive shell", NULL},
    {"EXIT", "it is a command of the interactive shell", NULL},
    {"CLEAR", "it is a command of the interactive shell", NULL},
    {"HELP", "it is a command of the interactive shell", "weir --help"},
};

static struct str name_of(struct binder *b, const struct ast_statement *s) {
    switch (s->kind) {
    case AST_DROP: return arena_format(b->rel.arena, "DROP %.*s", STR_ARG(s->object));
    case AST_ALTER: return arena_format(b->rel.arena, "ALTER %.*s", STR_ARG(s->object));
    case AST_SHOW: return arena_format(b->rel.arena, "SHOW %.*s", STR_ARG(s->text));
    case AST_DESCRIBE: return arena_format(b->rel.arena, "DESCRIBE %.*s", STR_ARG(s->text));
    case AST_STOP_JOB: return STR("STOP JOB");
    default: return s->text;
    }
}

enum status ddl_refuse(struct binder *b, const struct ast_statement *stmt) {
    struct str name = name_of(b, stmt);
    if (name.at == NULL) return error_no_memory(b->rel.error, 0);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        if (memmem(name.at, name.size_bytes, r->word, strlen(r->word)) == NULL) continue;
        error_at(b->rel.error, STATUS_UNSUPPORTED, stmt->span, "Weir does not run %.*s: %s", STR_ARG(name), r->reason);
        return r->hint == NULL ? STATUS_UNSUPPORTED : error_hint(b->rel.error, "%s", r->hint);
    }
    return error_at(b->rel.error, STATUS_UNSUPPORTED, stmt->span, "Weir does not run %.*s", STR_ARG(name));
}
