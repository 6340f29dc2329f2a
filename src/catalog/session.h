/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_SESSION_H
#define WEIR_CATALOG_SESSION_H

#include "base/arena.h"
#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/option.h"
#include "func/func.h"

/*
 * session: what SET changes and a job is planned under: Flink's configuration keys as one option
 * table (catalog/session_options.c), the catalog, the type pool. One session per script.
 */
struct session {
    struct arena *arena;
    struct types *types;
    struct catalog *catalog;
    struct strmap *settings;        /* key -> struct str *: what was SET */
    struct eval_context eval;       /* zone etc. kept up to date by session_set */
    struct env *env;                /* for catalogs with files; NULL: there are none */
    struct list jobs;               /* struct session_job: what has been run (session_job.h) */
    bool core_unloaded;             /* UNLOAD MODULE core */
    uint32_t cores;                 /* of the machine, for the default parallelism; 1 until the program says */
};

enum status session_new(struct arena *a, struct session **ret, struct error *e);

/* Is there a setting of this key? */
bool session_known(struct str key);
/* Unknown keys are errors with a suggestion; values are checked by the type of the key. */
enum status session_set(struct session *s, struct str key, struct str value, struct span span, struct error *e);
enum status session_reset(struct session *s, struct str key, struct error *e); /* at == NULL: all */
/* The parsed value: given or default. The key must be in the table (our bug otherwise). */
struct option_value session_get(const struct session *s, const char *key);
bool session_bool(const struct session *s, const char *key);
int64_t session_int(const struct session *s, const char *key);
const struct option *session_options(uint32_t *ret_count);
/* The key of today for one that older releases of Flink had; the key itself otherwise. */
struct str session_key(struct str key);

#endif
