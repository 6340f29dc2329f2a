/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_VALUES_VALUES_H
#define WEIR_CONNECTOR_VALUES_VALUES_H

#include "base/buf.h"
#include "format/json_token.h"
#include "type/timestamp.h"
#include "vec/vec.h"

/*
 * A value of the values connector: tape[at] into v[row]. Temporal values are SQL text, bytes hex,
 * ROW and ARRAY arrays, MAP and MULTISET arrays of pairs. false: the value does not fit the type.
 */
struct values_convert {
    const struct zone *zone;
    struct buf text;
};
bool values_convert(struct values_convert *c, const struct json_token *tape, uint32_t at, struct vec *v, uint32_t row);

#endif
