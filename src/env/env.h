/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_ENV_ENV_H
#define WEIR_ENV_ENV_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * env: the only door to the outside: clock, files, threads, randomness, pipes. A struct env is a
 * table of functions with its own data: env_posix is the real one, test/sim has a seeded one in memory
 * that injects faults (failing and lying disk, crash). Nothing else in the program
 * includes a file, socket, clock or thread header.
 */
struct env;
struct env_file;

struct env *env_posix_new(void);
void env_free(struct env *env);

/* ---- clock and randomness -------------------------------------------------------------------- */
int64_t env_wall_us(struct env *env);      /* microseconds since the epoch: processing time */
int64_t env_monotonic_ns(struct env *env);
uint64_t env_random(struct env *env);
/* Virtual time (tests): from now on env_wall_us answers this until set again. */
void env_set_virtual_us(struct env *env, int64_t now_us);
bool env_is_virtual(const struct env *env);

/* ---- files, synchronous: for start-up, planning and helper threads; never called by a worker step ---- */
enum env_open { ENV_READ, ENV_WRITE_NEW /* truncate */, ENV_APPEND };
enum status env_open(struct env *env, struct str path, enum env_open how, struct env_file **ret, struct error *e);
void env_close(struct env *env, struct env_file *f);
/* 0 at the end; at most size. Handles EINTR. */
enum status env_read_at(struct env *env, struct env_file *f, uint64_t offset, void *bytes, size_t size, size_t *ret_size, struct error *e);
enum status env_read(struct env *env, struct env_file *f, void *bytes, size_t size, size_t *ret_size, struct error *e); /* pipes: blocks */
/* The next reads of f give these bytes (copied) before what f has; nothing may be left of an earlier call. */
enum status env_unread(struct env *env, struct env_file *f, struct str bytes, struct error *e);
enum status env_write(struct env *env, struct env_file *f, const void *bytes, size_t size, struct error *e);         /* all or an error; EPIPE is STATUS_CLOSED */
enum status env_sync(struct env *env, struct env_file *f, struct error *e);
/* Written bytes start on their way to the disk, so that a later env_sync finds little left to do; a hint, it cannot fail. */
void env_flush_begin(struct env *env, struct env_file *f, uint64_t offset, uint64_t size_bytes);
enum status env_truncate(struct env *env, struct env_file *f, uint64_t size, struct error *e);
enum status env_file_size(struct env *env, struct env_file *f, uint64_t *ret, struct error *e);
struct env_file *env_stdin(struct env *env);
struct env_file *env_stdout(struct env *env);
struct env_file *env_stderr(struct env *env);
/* Is there something to read (or end of input) within timeout_ms? */
bool env_readable(struct env *env, struct env_file *f, int timeout_ms);

enum env_kind { ENV_MISSING, ENV_FILE, ENV_DIRECTORY, ENV_OTHER };
struct env_stat { enum env_kind kind; uint64_t size_bytes; int64_t modified_us; };
enum status env_stat(struct env *env, struct str path, struct env_stat *ret, struct error *e); /* missing is OK with ENV_MISSING */
/* Names (without . and ..), sorted bytewise, in the arena. */
enum status env_list(struct env *env, struct arena *a, struct str path, struct str **ret_names, uint32_t *ret_count, struct error *e);
enum status env_mkdirs(struct env *env, struct str path, struct error *e);
/* Atomic replace; syncs the directory. */
enum status env_rename(struct env *env, struct str from, struct str to, struct error *e);
enum status env_remove(struct env *env, struct str path, struct error *e);        /* missing is OK */
enum status env_remove_tree(struct env *env, struct str path, struct error *e);
/* Nobody but the owner may read and write the file. */
enum status env_make_private(struct env *env, struct str path, struct error *e);
/* The whole file; at most limit bytes (STATUS_LIMIT). */
enum status env_read_file(struct env *env, struct arena *a, struct str path, uint64_t limit_bytes, struct str *ret, struct error *e);
bool env_isatty(struct env *env, struct env_file *f);
/* An environment variable; at == NULL when unset. */
struct str env_variable(struct env *env, const char *name);
uint32_t env_cores(struct env *env);

/* ---- threads ---------------------------------------------------------------------------------- */
struct env_thread;
struct env_wait; /* one wait object: a worker sleeps on it, anybody wakes it; wakes are not lost */
enum status env_thread_start(struct env *env, const char *name, void (*run)(void *), void *argument, struct env_thread **ret, struct error *e);
void env_thread_join(struct env *env, struct env_thread *t);
struct env_wait *env_wait_new(struct env *env);
void env_wait_free(struct env *env, struct env_wait *w);
/* Returns when woken or after timeout_ns (-1: no limit). */
void env_wait_sleep(struct env *env, struct env_wait *w, int64_t timeout_ns);
void env_wait_wake(struct env *env, struct env_wait *w);
/* A helper thread lets others run for about that long. Simulated environments do not pause. */
void env_pause(struct env *env, int64_t ns);

/* A lock for short critical sections between two threads that share what no message can carry. */
struct env_lock;
struct env_lock *env_lock_new(struct env *env); /* NULL: no memory */
void env_lock_free(struct env *env, struct env_lock *l);
void env_lock_take(struct env_lock *l);
void env_lock_give(struct env_lock *l);

/* ---- asynchronous work: helper threads run blocking calls, completion is a callback on the helper thread ---- */
struct env_pool;
enum status env_pool_new(struct env *env, uint32_t threads, struct env_pool **ret, struct error *e);
void env_pool_free(struct env *env, struct env_pool *p); /* finishes what is queued */
/* run(argument) on a helper thread; STATUS_LIMIT when the queue is full. */
enum status env_pool_submit(struct env_pool *p, void (*run)(void *), void *argument, struct error *e);

/* ---- signals ----------------------------------------------------------------------------------- */
/* From now on SIGINT and SIGTERM call on_signal(argument, number) on a thread of its own; SIGPIPE is ignored. */
enum status env_signals(struct env *env, void (*on_signal)(void *argument, int number), void *argument, struct error *e);

/* No more calls of on_signal: before what it uses goes away. env_free does it too. */
void env_signals_end(struct env *env);

/* ---- the terminal: stdin and stdout of somebody who types ------------------------------------------ */
struct env_terminal;
enum terminal_mode {
    TERMINAL_PLAIN, /* as it was found: lines with echo */
    TERMINAL_KEYS,  /* each byte as it is typed, no echo, no signals */
    TERMINAL_WATCH, /* no echo, Ctrl-C is SIGINT: while something runs and draws */
};
enum terminal_event { TERMINAL_INPUT, TERMINAL_RESIZED, TERMINAL_WOKEN, TERMINAL_TIMEOUT };
/* Before other threads start, since they inherit the signal mask. stdout is a terminal; where stdin is none, modes do nothing. */
enum status env_terminal_open(struct env *env, struct env_terminal **ret, struct error *e);
/* Puts the modes back that were found. */
void env_terminal_close(struct env_terminal *t);
enum status env_terminal_set(struct env_terminal *t, enum terminal_mode mode, struct error *e);
void env_terminal_size(const struct env_terminal *t, uint32_t *ret_rows, uint32_t *ret_columns);
/* Waits for bytes (or their end), a new size or env_terminal_wake; timeout_ms < 0: without limit. */
enum terminal_event env_terminal_wait(struct env_terminal *t, int timeout_ms);
/* From any thread: env_terminal_wait returns TERMINAL_WOKEN, now or the next time. */
void env_terminal_wake(struct env_terminal *t);
/* As Ctrl-Z: stops this process group with the found modes in force; returns when it is continued. */
void env_terminal_suspend(struct env_terminal *t);

/* ---- a command of the shell that reads what is written to *ret_input ------------------------------- */
struct env_command;
enum status env_command_start(struct env *env, struct str command, struct env_command **ret, struct env_file **ret_input, struct error *e);
/* Runs a command that has the program's own streams, such as a text editor; the exit code as of env_command_end. */
enum status env_command_run(struct env *env, struct str command, int *ret_code, struct error *e);
/* Closes its input and waits for its end; the exit code, or -1 when a signal killed it. */
int env_command_end(struct env *env, struct env_command *c, struct env_file *input);

/* ---- a child process: this program with other arguments ------------------------------------------ */
struct env_child;
/* argv as for main, NULL-terminated. */
enum status env_child_start(struct env *env, char *const *argv, struct env_child **ret, struct error *e);
/* Waits for the end: the exit code, or -1 when a signal killed it. */
int env_child_wait(struct env_child *c);
void env_child_signal(struct env_child *c, int number);
void env_child_free(struct env_child *c);

/* Address space and pages for state regions. */
void *env_reserve(struct env *env, uint64_t size_bytes);             /* NULL on failure */
void env_release(struct env *env, void *p, uint64_t size_bytes);
enum status env_commit(struct env *env, void *p, uint64_t size_bytes, struct error *e); /* make usable, zeroed */
/* Memory behind committed pages now, their content untouched; any thread may ask. A hint, it cannot fail. */
void env_populate(struct env *env, void *p, uint64_t size_bytes);
void env_discard(struct env *env, void *p, uint64_t size_bytes);     /* give pages back; zero when used again */
/* What this process may use: the machine's memory, or less by its control group; 0: unknown. */
uint64_t env_memory_bytes(struct env *env);
uint64_t env_peak_rss_bytes(struct env *env);
uint64_t env_cpu_ns(struct env *env);

#endif
