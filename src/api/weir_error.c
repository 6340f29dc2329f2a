/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weir_error: the caller's side of errors. An object holds copies of everything, so it outlives the
 * session; when there is no memory for one, a static object says so.
 */
#include "api/handles.h"
#include "base/alloc.h"
#include "sql/position.h"

#include <assert.h>

struct weir_error {
    weir_status status;
    bool is_static;
    struct span span;
    struct position position;
    char *text;
    char message[ERROR_MESSAGE_MAX];
    char hint[ERROR_HINT_MAX];
};

#define X(name, class, text) static_assert((int)WEIR_##name == (int)STATUS_##name, "the public numbers are the inner ones");
STATUS_LIST(X)
#undef X

static const weir_error no_memory = {.status = WEIR_NO_MEMORY, .is_static = true, .message = "Out of memory"};

static char *whole_text(const struct error *e, struct str sql) {
    struct buf out = BUF_INIT;
    error_print(&out, e, STR("sql"), sql);
    buf_char(&out, '\0');
    if (!out.failed) return out.at;
    buf_deinit(&out);
    return NULL;
}

weir_status error_give(weir_error **error, const struct error *e, struct str sql) {
    weir_status status = e->status == STATUS_OK ? WEIR_NO_MEMORY : (weir_status)e->status; /* only a failed allocation says nothing */
    if (error == NULL) return status;
    weir_error *made = mem_calloc(1, sizeof *made);
    char *text = made == NULL ? NULL : whole_text(e, sql);
    if (text == NULL) {
        mem_free(made);
        *error = (weir_error *)&no_memory; /* never written: freeing it does nothing */
        return status;
    }
    made->status = status;
    made->text = text;
    memcpy(made->message, e->message, sizeof made->message);
    memcpy(made->hint, e->hint, sizeof made->hint);
    bool placed = sql.at != NULL && e->span.end > 0 && e->span.begin <= sql.size_bytes;
    if (placed) {
        made->span = e->span;
        made->position = position_of(sql, e->span.begin);
    }
    *error = made;
    return status;
}

void weir_error_free(weir_error *error) {
    if (error == NULL || error->is_static) return;
    mem_free(error->text);
    mem_free(error);
}

weir_status weir_error_status(const weir_error *error) { return error->status; }
const char *weir_error_message(const weir_error *error) { return error->message; }
const char *weir_error_hint(const weir_error *error) { return error->hint; }
uint32_t weir_error_line(const weir_error *error) { return error->position.line; }
uint32_t weir_error_column(const weir_error *error) { return error->position.column; }
const char *weir_error_text(const weir_error *error) { return error->text == NULL ? error->message : error->text; }

void weir_error_span(const weir_error *error, uint32_t *ret_begin, uint32_t *ret_end) {
    *ret_begin = error->span.begin;
    *ret_end = error->span.end;
}

const char *weir_status_name(weir_status status) {
    return (int)status < 0 || (int)status >= STATUS_COUNT ? "UNKNOWN" : status_name((enum status)status);
}
