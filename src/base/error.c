/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error: inline text, first one wins. Nothing here allocates, so that "out of memory" can always
 * be reported.
 */
#include "base/error.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void error_clear(struct error *e) {
    assert(e != NULL);
    e->status = STATUS_OK;
    e->span = (struct span){0, 0};
    e->message[0] = '\0';
    e->note[0] = '\0';
    e->hint[0] = '\0';
}

static void error_fill(struct error *e, enum status s, struct span span, const char *format,
                       va_list args) {
    assert(s != STATUS_OK);
    if (e == NULL || e->status != STATUS_OK) return;
    e->status = s;
    e->span = span;
    e->note[0] = '\0';
    e->hint[0] = '\0';
    vsnprintf(e->message, sizeof e->message, format, args);
}

enum status error_set(struct error *e, enum status s, const char *format, ...) {
    va_list args;
    va_start(args, format);
    error_fill(e, s, (struct span){0, 0}, format, args);
    va_end(args);
    return s;
}

enum status error_at(struct error *e, enum status s, struct span span, const char *format, ...) {
    va_list args;
    va_start(args, format);
    error_fill(e, s, span, format, args);
    va_end(args);
    return s;
}

/* A failure that left no text is a failed allocation: only those may be passed on without a word. */
static void error_named(struct error *e) {
    if (e->status == STATUS_OK) error_set(e, STATUS_NO_MEMORY, "Out of memory");
}

enum status error_hint(struct error *e, const char *format, ...) {
    if (e == NULL) return STATUS_BUG;
    error_named(e);
    if (e->hint[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(e->hint, sizeof e->hint, format, args);
        va_end(args);
    }
    return e->status;
}

enum status error_note(struct error *e, const char *format, ...) {
    if (e == NULL) return STATUS_BUG;
    error_named(e);
    if (e->note[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(e->note, sizeof e->note, format, args);
        va_end(args);
    }
    return e->status;
}

enum status error_wrap(struct error *e, const char *format, ...) {
    if (e == NULL) return STATUS_BUG;
    error_named(e);
    char cause[ERROR_MESSAGE_MAX];
    memcpy(cause, e->message, sizeof cause);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(e->message, sizeof e->message, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof e->message) {
        snprintf(e->message + n, sizeof e->message - (size_t)n, ": %.*s",
                 (int)(sizeof e->message - (size_t)n - 3 > 0 ? sizeof cause - 1 : 0), cause);
    }
    return e->status;
}

enum status error_no_memory(struct error *e, uint64_t size) {
    return error_set(e, STATUS_NO_MEMORY, "Out of memory while asking for %" PRIu64 " bytes", size);
}
