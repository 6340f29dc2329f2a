/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weir_session: sessions of the library, and the tables that a program registers in one. What a
 * session defines lives in its arena until the last handle that needs it is freed.
 */
#include "api/handles.h"

#include "base/alloc.h"
#include "connector/arrow/arrow_table.h"

#include <assert.h>

weir_session *session_ref(weir_session *s) {
    atomic_fetch_add(&s->owners, 1);
    return s;
}

void session_unref(weir_session *s) {
    if (s == NULL || atomic_fetch_sub(&s->owners, 1) != 1) return;
    for (uint32_t i = 0; i < s->sources.count; i++) arrow_source_free(s->sources.at[i]);
    arena_free(s->arena);
    env_free(s->env);
    mem_free(s);
}

static enum status session_make(weir_session *s, struct error *e) {
    s->env = env_posix_new();
    s->arena = arena_new("session", 0);
    if (s->env == NULL || s->arena == NULL) return error_no_memory(e, 0);
    return client_session_new(s->arena, s->env, &s->session, e);
}

weir_status weir_session_new(weir_session **ret_session, weir_error **error) {
    struct error e = ERROR_INIT;
    weir_session *s = mem_calloc(1, sizeof *s);
    enum status st = s == NULL ? error_no_memory(&e, sizeof *s) : STATUS_OK;
    if (st == STATUS_OK) {
        atomic_init(&s->owners, 1);
        st = session_make(s, &e);
    }
    if (st == STATUS_OK) {
        *ret_session = s;
        return WEIR_OK;
    }
    session_unref(s);
    return error_give(error, &e, (struct str){0});
}

void weir_session_free(weir_session *session) { session_unref(session); }

weir_status weir_session_set(weir_session *session, const char *key, const char *value, weir_error **error) {
    struct error e = ERROR_INIT;
    struct str v = arena_str(session->arena, str_of(value));
    enum status st = v.at == NULL ? error_no_memory(&e, 0) : session_set(session->session, str_of(key), v, (struct span){0, 0}, &e);
    return st == STATUS_OK ? WEIR_OK : error_give(error, &e, (struct str){0});
}

void weir_session_parallelism(weir_session *session, uint32_t parallelism) { session->parallelism = parallelism; }

void weir_session_allow_stdio(weir_session *session, int allow) { session->stdio = allow != 0; }

static enum status table_add(weir_session *s, struct str name, struct ArrowArrayStream *stream, bool keep, struct error *e) {
    struct catalog *c = s->session->catalog;
    struct table *t = NULL;
    TRY(arrow_table_new(s->arena, s->session->types, stream, keep, &t, e));
    TRY(list_push(&s->sources, s->arena, t->external)); /* from now on the session frees it */
    struct table_path path = {catalog_current(c), catalog_current_database(c), arena_str(s->arena, name)};
    if (path.table.at == NULL) return error_no_memory(e, name.size_bytes);
    t->catalog = path.catalog;
    t->database = path.database;
    t->name = path.table;
    return catalog_add(c, &path, t, false, (struct span){0, 0}, e);
}

static weir_status table_register(weir_session *session, const char *name, struct ArrowArrayStream *stream, bool keep, weir_error **error) {
    struct error e = ERROR_INIT;
    assert(stream != NULL && stream->release != NULL);
    enum status st = table_add(session, str_of(name), stream, keep, &e);
    return st == STATUS_OK ? WEIR_OK : error_give(error, &e, (struct str){0});
}

weir_status weir_session_register(weir_session *session, const char *name, struct ArrowArrayStream *stream, weir_error **error) {
    return table_register(session, name, stream, false, error);
}

weir_status weir_session_register_data(weir_session *session, const char *name, struct ArrowArrayStream *stream, weir_error **error) {
    return table_register(session, name, stream, true, error);
}

const char *weir_version(void) { return WEIR_VERSION; }
const char *weir_flink_version(void) { return "2.3"; }
