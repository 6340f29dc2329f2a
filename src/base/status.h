/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_STATUS_H
#define WEIR_BASE_STATUS_H

/*
 * status: what every fallible function returns. One list for the whole program; the name is
 * printed with the error, the class decides what the runtime does with it:
 *
 *   USER       the text, option or input is wrong; retrying cannot help
 *   TRANSIENT  the world may recover; the restart strategy applies
 *   FATAL      this process cannot go on (memory, disk)
 *   BUG        ours; never expected
 */

enum status_class { STATUS_CLASS_OK, STATUS_CLASS_USER, STATUS_CLASS_TRANSIENT, STATUS_CLASS_FATAL, STATUS_CLASS_BUG };

/*      name              class      text */
#define STATUS_LIST(X)                                                                             \
    X(OK,                 OK,        "ok")                                                         \
    X(SYNTAX,             USER,      "syntax error")                                               \
    X(INVALID,            USER,      "invalid statement")                                          \
    X(NOT_FOUND,          USER,      "not found")                                                  \
    X(EXISTS,             USER,      "already exists")                                             \
    X(UNSUPPORTED,        USER,      "not supported")                                              \
    X(OPTION,             USER,      "wrong option")                                               \
    X(LIMIT,              USER,      "limit exceeded")                                             \
    X(BAD_RECORD,         USER,      "bad record")                                                 \
    X(EVALUATION,         USER,      "evaluation error")                                           \
    X(STATE_MISMATCH,     USER,      "state does not fit the job")                                 \
    X(CORRUPT,            USER,      "corrupt data")                                               \
    X(CANCELLED,          TRANSIENT, "cancelled")                                                  \
    X(IO,                 TRANSIENT, "input/output error")                                         \
    X(TIMEOUT,            TRANSIENT, "timed out")                                                  \
    X(DECLINED,           TRANSIENT, "declined")                                                   \
    X(CLOSED,             TRANSIENT, "output closed")                                              \
    X(NO_MEMORY,          FATAL,     "out of memory")                                              \
    X(BUG,                BUG,       "internal error")

enum status {
#define X(name, class, text) STATUS_##name,
    STATUS_LIST(X)
#undef X
};

#define STATUS_COUNT ((int)STATUS_BUG + 1)

/* "NOT_FOUND"; static storage. */
const char *status_name(enum status s);
/* "not found"; static storage. */
const char *status_text(enum status s);
enum status_class status_class(enum status s);

/* Early return of a failed call with nothing to release. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        enum status try_status_ = (expr);                                                          \
        if (__builtin_expect(try_status_ != STATUS_OK, 0)) return try_status_;                     \
    } while (0)

#endif
