/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libweir: Apache Flink SQL inside of a program. A session holds settings and a catalog; a statement
 * is one parsed SQL statement; a result is what came of it: rows as Arrow arrays, produced while they
 * are read. docs/library.md is the guide; examples/c and examples/python are complete programs.
 *
 * Rules
 *   Errors    Every function that can fail returns a weir_status and takes a weir_error ** that may be
 *             NULL. On failure, and only then, *error is a new object: free it with weir_error_free.
 *             Other outputs are untouched on failure.
 *   Texts     are UTF-8 with a length, or NUL-terminated where no length is asked. A returned text is
 *             owned by the object it was asked of and lives as long.
 *   Threads   A session and everything made from it is used by one thread at a time; another may take
 *             over when the first has stopped. weir_result_cancel and weir_result_stop are the exception:
 *             from any thread, at any time before the result is freed. Sessions do not share anything.
 *   Work      A job makes progress only inside of calls on its result (weir_result_next,
 *             weir_result_finish, or the stream's get_next). With a parallelism above 1 its
 *             workers are threads of the library, which read ahead until their channels are full.
 *   Manners   The library has no global state, prints nothing, installs no signal handler and never
 *             ends the process. Tables on standard input and output are refused unless
 *             weir_session_allow_stdio says otherwise.
 *   Memory    Objects may be freed in any order: what another one still needs stays. free(NULL) is fine.
 */
#ifndef WEIR_H
#define WEIR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WEIR_API __attribute__((visibility("default")))
#else
#define WEIR_API
#endif

/* ---- The Arrow C data and C stream interfaces, as their specification lays them out. ------------- */

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

/* ---- Status and errors ---------------------------------------------------------------------------- */

/* Numbers never change; new ones come at the end. */
typedef enum weir_status {
    WEIR_OK = 0,
    WEIR_SYNTAX = 1,          /* the text is no statement */
    WEIR_INVALID = 2,         /* it cannot mean anything: wrong types, wrong use */
    WEIR_NOT_FOUND = 3,       /* no such table, column, function */
    WEIR_EXISTS = 4,
    WEIR_UNSUPPORTED = 5,     /* Flink has it, Weir has not */
    WEIR_OPTION = 6,          /* an option's key or value */
    WEIR_LIMIT = 7,           /* too large, too deep, too many */
    WEIR_BAD_RECORD = 8,      /* an input record cannot be read */
    WEIR_EVALUATION = 9,      /* a value that cannot be computed: division by zero, a failed CAST */
    WEIR_STATE_MISMATCH = 10, /* a checkpoint does not fit the job */
    WEIR_CORRUPT = 11,
    WEIR_CANCELLED = 12,
    WEIR_IO = 13,
    WEIR_TIMEOUT = 14,
    WEIR_DECLINED = 15,
    WEIR_CLOSED = 16,
    WEIR_NO_MEMORY = 17,
    WEIR_BUG = 18             /* a fault of the library: please report it */
} weir_status;

typedef struct weir_error weir_error;

WEIR_API void weir_error_free(weir_error *error);
WEIR_API weir_status weir_error_status(const weir_error *error);
/* What happened, and what to do about it ("" when there is nothing to add). */
WEIR_API const char *weir_error_message(const weir_error *error);
WEIR_API const char *weir_error_hint(const weir_error *error);
/* Where in the SQL text: lines and columns count from 1, columns in code points; line 0: nowhere. */
WEIR_API uint32_t weir_error_line(const weir_error *error);
WEIR_API uint32_t weir_error_column(const weir_error *error);
/* The same as bytes [begin, end) of the text; end 0: nowhere. */
WEIR_API void weir_error_span(const weir_error *error, uint32_t *ret_begin, uint32_t *ret_end);
/* All of it for people: position, message, the source line with a caret, the hint. */
WEIR_API const char *weir_error_text(const weir_error *error);
/* "NOT_FOUND"; static. */
WEIR_API const char *weir_status_name(weir_status status);

/* ---- Sessions --------------------------------------------------------------------------------------- */

typedef struct weir_session weir_session;
typedef struct weir_statement weir_statement;
typedef struct weir_result weir_result;

/* "0.1.0". */
WEIR_API const char *weir_version(void);
/* Which Flink the semantics are: "2.3". */
WEIR_API const char *weir_flink_version(void);

WEIR_API weir_status weir_session_new(weir_session **ret_session, weir_error **error);
WEIR_API void weir_session_free(weir_session *session);
/* As SET 'key' = 'value'. */
WEIR_API weir_status weir_session_set(weir_session *session, const char *key, const char *value, weir_error **error);
/* Subtasks per operator of the statements to come; 0 (at first): decided per job. */
WEIR_API void weir_session_parallelism(weir_session *session, uint32_t parallelism);
/* May tables read standard input and write standard output (connectors stdin, stdout, print)? Not at first. */
WEIR_API void weir_session_allow_stdio(weir_session *session, int allow);

/*
 * Makes the rows of a stream readable as the temporary table `name`. The table's columns are the
 * fields of the stream's schema; rows are only inserted, and the table ends where the stream ends. The
 * stream is moved: stream->release is NULL afterwards, on failure too. It is read once, by the first
 * job that reads the table, on a thread of that job. For event time, declare a watermark on top:
 *   CREATE TEMPORARY TABLE t2 (WATERMARK FOR ts AS ts) LIKE name
 */
WEIR_API weir_status weir_session_register(weir_session *session, const char *name, struct ArrowArrayStream *stream, weir_error **error);
/*
 * The same for data that is in memory anyhow: the stream is read to its end now, its arrays are kept with the session, and
 * any number of jobs read them, again and again. Nothing is copied.
 */
WEIR_API weir_status weir_session_register_data(weir_session *session, const char *name, struct ArrowArrayStream *stream, weir_error **error);

/* ---- Statements --------------------------------------------------------------------------------------- */

/*
 * Parses the first statement of a text that may hold several. *ret_used_bytes (may be NULL) is where
 * the next one begins. *ret_statement is NULL when only blanks and comments are left.
 */
WEIR_API weir_status weir_statement_parse(weir_session *session, const char *sql, size_t sql_bytes, weir_statement **ret_statement,
                                          size_t *ret_used_bytes, weir_error **error);
WEIR_API void weir_statement_free(weir_statement *statement);
/* Does it make a job (SELECT, INSERT, a statement set)? Others take effect, or answer, at once. */
WEIR_API int weir_statement_makes_job(const weir_statement *statement);
/* Runs it; a job is planned and made ready, and runs as its result is read. Any number of times. */
WEIR_API weir_status weir_statement_execute(weir_statement *statement, weir_result **ret_result, weir_error **error);

/*
 * All statements of a NUL-terminated text in order. Each but the last runs to its end, and its rows
 * are dropped; *ret_result (may be NULL: then the last one runs to its end, too) is the last one's.
 */
WEIR_API weir_status weir_execute(weir_session *session, const char *sql, weir_result **ret_result, weir_error **error);

/* ---- Results -------------------------------------------------------------------------------------------- */

WEIR_API void weir_result_free(weir_result *result);
/* Has it columns? SELECT, SHOW, DESCRIBE and EXPLAIN have; INSERT and definitions have none. */
WEIR_API int weir_result_has_rows(const weir_result *result);
/* Do its rows change later: has its changelog more than insertions? */
WEIR_API int weir_result_updates(const weir_result *result);
/* Does it end by itself? */
WEIR_API int weir_result_ends(const weir_result *result);

/*
 * Before the schema and the rows are asked for: rows come as changes, in order, with a first column `op`
 * (utf8, not null): "+I", "-U", "+U" or "-D". Without it, a result that only inserts is streamed, and one that
 * changes is folded: its final table comes when the job has ended. One that changes and never ends has
 * no final table, and the schema and the rows fail until its changelog is asked for.
 */
WEIR_API weir_status weir_result_changelog(weir_result *result, weir_error **error);

/* The columns, as the schema of a struct. Release it. */
WEIR_API weir_status weir_result_schema(weir_result *result, struct ArrowSchema *ret_schema, weir_error **error);
/* The next rows, as one struct array, running the job until there are some. At the end ret_array->release is NULL. Release it. */
WEIR_API weir_status weir_result_next(weir_result *result, struct ArrowArray *ret_array, weir_error **error);
/* The rest of the result as a stream, which keeps what it needs: the result may be freed, or kept for weir_result_cancel. */
WEIR_API weir_status weir_result_stream(weir_result *result, struct ArrowArrayStream *ret_stream, weir_error **error);
/* Runs the job to its end; rows that nobody has asked for are dropped. Call it for INSERT and statement sets. */
WEIR_API weir_status weir_result_finish(weir_result *result, weir_error **error);

/* From any thread: the job ends now, nothing more is committed, and whoever waits gets WEIR_CANCELLED. */
WEIR_API void weir_result_cancel(weir_result *result);
/* From any thread: the job stops reading, commits what it has, takes its last checkpoint if there are any, and ends well. */
WEIR_API void weir_result_stop(weir_result *result);

/* Counters of the job, readable at any time: of sources, of sinks (the result is one), of rows left out. */
typedef struct weir_metrics {
    uint64_t struct_bytes; /* sizeof this, filled in by the caller: newer libraries fill no more than that */
    uint64_t rows_in, rows_out;
    uint64_t late_rows, bad_rows;
    uint64_t state_bytes;
    uint64_t checkpoints, restarts;
} weir_metrics;
WEIR_API void weir_result_metrics(const weir_result *result, weir_metrics *ret_metrics);

#ifdef __cplusplus
}
#endif

#endif
