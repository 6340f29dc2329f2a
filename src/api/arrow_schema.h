/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_API_ARROW_SCHEMA_H
#define WEIR_API_ARROW_SCHEMA_H

#include "base/error.h"
#include "type/timestamp.h"
#include "type/type.h"

#include "weir.h"

/*
 * arrow_schema: the Arrow schema of a row of ours. The caller releases it. zone is what
 * TIMESTAMP_LTZ columns are labelled with; their values are UTC in any case.
 */
enum status arrow_schema_new(const struct type *row, const struct str *names, const struct zone *zone, bool changelog, struct ArrowSchema *ret, struct error *e);

#endif
