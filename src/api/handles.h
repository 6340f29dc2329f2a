/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_API_HANDLES_H
#define WEIR_API_HANDLES_H

#include "api/client.h"
#include "base/list.h"
#include "runtime/runtime.h"

#include "weir.h"

#include <stdatomic.h>

/*
 * handles: what the opaque types of weir.h are. A session is counted: statements, results and
 * streams hold it, so that handles may be freed in any order. Everything else has one owner, but for a
 * result, which its stream holds, too.
 */
struct weir_session {
    _Atomic uint32_t owners;
    struct arena *arena;
    struct env *env;
    struct session *session;
    struct list sources;        /* struct arrow_source: of registered tables */
    uint32_t parallelism;
    bool stdio;
};

/* A text and what it is; each execution parses it again, into the memory of what comes of it. */
struct weir_statement {
    weir_session *session;
    struct arena *arena;
    struct str sql;
    enum ast_statement_kind kind;
};

weir_session *session_ref(weir_session *s);
void session_unref(weir_session *s);

/* Makes the caller's error of ours, with its place in sql (at == NULL: none). error may be NULL. */
weir_status error_give(weir_error **error, const struct error *e, struct str sql);

/* The result of an outcome that lives in a, as sql does; a becomes the result's, but not on failure. */
enum status result_new(weir_session *s, struct arena *a, const struct outcome *o, struct str sql, weir_result **ret, struct error *e);

#endif
