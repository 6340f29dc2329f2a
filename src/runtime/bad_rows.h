/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_BAD_ROWS_H
#define WEIR_RUNTIME_BAD_ROWS_H

#include "runtime/exec.h"
#include "runtime/sink_unit.h"

/*
 * bad_rows: what a source does with records that cannot be read: counts them per class of error,
 * writes them into the table of error-handling.log.target, and stops a flood
 * (error-handling.max-rate, records per second).
 */
struct bad_rows;

enum status bad_rows_open(struct opnode *n, struct bad_rows **ret, struct error *e);
void bad_rows_close(struct bad_rows *b);
enum error_mode bad_rows_mode(const struct bad_rows *b);
/* The callback for decoders; context is the bad_rows. */
void bad_rows_add(void *context, const struct bad_record *r);
/* After a read: writes what was logged; the error of a flood or of a failed write comes out here. */
enum status bad_rows_check(struct bad_rows *b, struct error *e);
/* NULL when nothing is logged. */
struct sink_unit *bad_rows_unit(struct bad_rows *b);
/* Adds the counters per class to the job's. */
void bad_rows_report(const struct bad_rows *b, void (*each)(void *context, const char *code, uint64_t count, const char *message), void *context);

#endif
