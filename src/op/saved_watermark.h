/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_SAVED_WATERMARK_H
#define WEIR_OP_SAVED_WATERMARK_H

#include "state/state.h"

/*
 * saved_watermark: an operator's watermark as operator state, so that late rows stay late after a
 * restore: every subtask gets all saved ones and takes the smallest.
 */

/* *ret_ms is WATERMARK_MIN when nothing was saved. */
enum status saved_watermark_open(struct state *s, struct state_rows **ret, int64_t *ret_ms, struct error *e);
/* In before_barrier. */
enum status saved_watermark_store(struct state_rows *r, int64_t watermark_ms, struct error *e);

#endif
