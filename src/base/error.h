/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_ERROR_H
#define WEIR_BASE_ERROR_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * error: a caller-owned description of one failure. The message is written once, where the cause
 * is known, and says what happened, where, and what to do. Callers above may add context with
 * error_wrap. A struct error needs no release: all text is inline and truncated, never lost whole.
 */

enum { ERROR_MESSAGE_MAX = 2048, ERROR_HINT_MAX = 1024, ERROR_NOTE_MAX = 1024 };

/* A half-open byte range of the SQL text; end == 0 means "unknown". */
struct span {
    uint32_t begin;
    uint32_t end;
};

struct error {
    enum status status;
    struct span span;                /* where in the SQL text, if end > 0 */
    char message[ERROR_MESSAGE_MAX]; /* what happened and where; no trailing newline */
    char note[ERROR_NOTE_MAX];       /* another place that has to do with it, laid out in lines; may be empty */
    char hint[ERROR_HINT_MAX];       /* what to do; may be empty */
};

#define ERROR_INIT {.status = STATUS_OK}

void error_clear(struct error *e);

/* Fills *e and returns s. An error already set is kept: the first one wins. e may be NULL. */
enum status error_set(struct error *e, enum status s, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a position in the SQL text. */
enum status error_at(struct error *e, enum status s, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds what to do; returns e->status. The first hint wins. */
enum status error_hint(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Lines about another place, such as the text of a view; cut at ERROR_NOTE_MAX. The first note wins. */
enum status error_note(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "context: " before the message; returns e->status. */
enum status error_wrap(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The standard error of a failed allocation of size bytes. */
enum status error_no_memory(struct error *e, uint64_t size);

#endif
