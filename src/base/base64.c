/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64: bytes as text of 64 characters (RFC 4648), three bytes to four characters: for TO_BASE64 and
 * for bytes in JSON.
 */
#include "base/base64.h"

#include <assert.h>

void base64_print(struct buf *out, struct str bytes)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert(out != NULL);
    if (!buf_reserve(out, bytes.size_bytes / 3 * 4 + 4)) return;
    for (size_t i = 0; i < bytes.size_bytes; i += 3) {
        size_t left = bytes.size_bytes - i;
        uint32_t v = (uint32_t)(unsigned char)bytes.at[i] << 16;
        if (left > 1) v |= (uint32_t)(unsigned char)bytes.at[i + 1] << 8;
        if (left > 2) v |= (uint32_t)(unsigned char)bytes.at[i + 2];
        buf_char(out, letters[v >> 18]);
        buf_char(out, letters[v >> 12 & 63]);
        buf_char(out, left > 1 ? letters[v >> 6 & 63] : '=');
        buf_char(out, left > 2 ? letters[v & 63] : '=');
    }
}
