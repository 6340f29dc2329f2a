/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_BASE64_H
#define WEIR_BASE_BASE64_H

#include "base/buf.h"

/* Appends bytes in base 64, with padding and without line breaks. */
void base64_print(struct buf *out, struct str bytes);

#endif
