/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_VIEW_H
#define WEIR_CLI_VIEW_H

#include "cli/args.h"
#include "env/env.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

/*
 * view: a SELECT's result in front of a person. A quick query is printed when it is done. One that takes its
 * time, or has no end, shows its table (or its last changes) in place, redrawn when something changed, at most
 * ten times per second; what was shown last stays. The last result is kept and can be shown again.
 */
struct view;

struct view_look {
    enum output_format mode;  /* OUTPUT_AUTO: as sql-client.execution.result-mode says; TABLE and CHANGELOG are set there */
    bool ansi;                /* the terminal obeys escape sequences */
    bool colors;
    bool pager;
    uint32_t rows_max;        /* of a printed table; 0: all */
};

/* terminal is lent. The look is what TERM and NO_COLOR say, without a pager, all rows. */
enum status view_new(struct env *env, struct env_terminal *terminal, struct view **ret, struct error *e);
void view_free(struct view *v);
struct view_look *view_look(struct view *v);

/* Takes `owned`, in which the plan lives; it is kept until the next result. *ret is where the rows go. */
enum status view_begin(struct view *v, struct arena *owned, const struct plan *plan, bool schema, struct result_sink *ret, struct error *e);
/* The job that fills it, for what is said of it while it runs. */
void view_watch(struct view *v, const struct job *job);
/* The job is over, but not freed. stopped: by a person, before its end. failed: nothing more is printed. */
enum status view_end(struct view *v, bool stopped, bool failed, struct error *e);

/* The last result once more; STATUS_NOT_FOUND when there is none, or it was too large to keep. */
enum status view_again(struct view *v, enum output_format mode, struct error *e);
/* What SHOW and DESCRIBE answer. */
enum status view_table(struct view *v, const struct text_table *t, struct error *e);
/* A text that may not fit: by the pager if there is one. */
enum status view_text(struct view *v, const struct buf *text, struct error *e);

#endif
