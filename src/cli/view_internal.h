/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_VIEW_INTERNAL_H
#define WEIR_CLI_VIEW_INTERNAL_H

#include "cli/grid.h"
#include "cli/result.h"
#include "cli/sheet.h"
#include "cli/view.h"

#include <stdatomic.h>

/* view_internal: what view.c and live.c share; nobody else includes it. */

enum view_kind {
    VIEW_TABLE,   /* the table that the changes describe */
    VIEW_CHANGES, /* the changes, as a table with a column op */
    VIEW_TABLEAU, /* the same, each printed when it comes */
    VIEW_STREAM,  /* json, csv, markdown: the printers of --format */
};

struct view {
    struct env *env;
    struct env_terminal *terminal;
    struct view_look look;
    struct env_lock *lock;         /* sheet and everything else that both threads look at */

    /* the last result */
    struct arena *arena;           /* of its plan; NULL: there is none */
    const struct plan *plan;
    const struct type **types;     /* of the result's columns */
    uint32_t cell_max;             /* table.display.max-column-width, when it began */
    enum view_kind kind;
    struct sheet *sheet;
    struct result *stream;
    struct list kept;              /* struct batch_buffer, in arena: the changes as they came */
    uint64_t kept_rows;
    bool too_large;                /* not all are there */
    uint64_t changes;
    uint32_t *tableau_widths;      /* once the head is printed */

    /* the running job */
    const struct job *job;
    struct live *live;             /* NULL: not drawn in place */
};

/* live.c: a thread that draws the sheet in place. */
struct live;
enum status live_start(struct view *v, struct live **ret, struct error *e);
/* Something changed. */
void live_touch(struct live *l);
/* Ends the thread. *ret_drawn: a frame is on the screen, which is taken away. */
void live_end(struct live *l, bool *ret_drawn);
/* The frame as it is now; the text below it tells how far the job is. */
void live_frame(struct view *v, struct live *l, struct buf *out, uint32_t rows_max, bool over);

/* How tables look here. right: of the sheet's columns. */
struct grid_look view_grid(const struct view *v, const bool *right);

#endif
