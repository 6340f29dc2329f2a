/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_SUGGEST_H
#define WEIR_BASE_SUGGEST_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* suggest: the hint of an error about a name that nothing goes by. */

/*
 * The candidate that was probably meant: the nearest by edit distance, else the only one that has the
 * word as a part between separators ("interval" in "monitor-interval"); empty when there is none.
 */
struct str suggest_name(struct str word, const struct str *candidates, size_t count);
/* "a, b and c"; more than a dozen names end with their number. */
void suggest_list(struct buf *out, const struct str *names, size_t count);
/*
 * Adds "Did you mean 'x'?" to e, or without a near candidate "<lead> a, b and c" (lead NULL: nothing).
 * Returns e->status.
 */
enum status suggest_hint(struct error *e, struct str word, const struct str *candidates, size_t count, const char *lead);

#endif
