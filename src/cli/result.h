/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_RESULT_H
#define WEIR_CLI_RESULT_H

#include "cli/args.h"
#include "env/env.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

/*
 * result: prints what a SELECT yields, in one of the output formats. `table` and `markdown` fold the
 * changelog and print the final table at the end (a streaming query that never ends is shown as its
 * changelog instead); the others print each change as it comes and are flushed when nothing more is
 * there at the moment.
 */
struct result;

enum status result_new(struct arena *a, struct env *env, struct env_file *out, const struct plan *plan,
                       enum output_format format, bool schema, struct result **ret, struct error *e);
void result_free(struct result *r);
struct result_sink result_sink(struct result *r);
/* Prints what is left; call once after the job ended well. */
enum status result_finish(struct result *r, struct error *e);
uint64_t result_rows(const struct result *r);

/* The `-- name TYPE, ...` line and one change as Row.toString, without newline: also for tests. */
void result_print_schema(struct buf *out, const struct plan *plan);
void result_print_change(struct buf *out, const struct batch *b, uint32_t row);
/* A JSON string: quotes, and what must be escaped. */
void result_print_json_text(struct buf *out, struct str s);
/* A bordered table as Flink's client prints one; rows of column_count texts, at == NULL prints <NULL>. */
void result_print_table(struct buf *out, const struct str *names, uint32_t column_count, struct str *const *rows, uint32_t row_count);

#endif
