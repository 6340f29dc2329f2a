/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_CHARSET_H
#define WEIR_FUNC_CHARSET_H

#include "base/buf.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>

/*
 * charset: the character sets that Java knows beyond its own Unicode ones, converted by the C library. A converter
 * is opened at the first text of a batch that needs it and used for all that follow.
 */
struct charset_use {
    struct str name; /* as Java calls it; empty: none open */
    void *handle;    /* of the C library */
    bool encodes;
};

#define CHARSET_USE_INIT {{NULL, 0}, NULL, false}

/* Is it a name of a character set that the C library converts? ASCII case does not matter. */
bool charset_known(struct str name);
/* Appends UTF-8 text as bytes of the character set; what it has no bytes for becomes '?'. false: it cannot be opened. */
bool charset_encode(struct charset_use *u, struct str name, struct str text, struct buf *out);
/* Appends bytes of the character set as UTF-8; what is no text becomes U+FFFD. */
bool charset_decode(struct charset_use *u, struct str name, struct str bytes, struct buf *out);
void charset_close(struct charset_use *u);

#endif
