/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FORMAT_JSON_TOKEN_H
#define WEIR_FORMAT_JSON_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * json_token: what the two JSON readers, the predicted and the general one, hand to the decoder: a
 * record as a flat tape of tokens in document order.
 */

#ifdef __cplusplus
extern "C" {
#endif

/*
 * json_token: a parsed JSON text as a flat tape, made by the simdjson bridge. A container's token is
 * followed by its content: an object's by name and value in turn. Texts are slices of the input.
 */
enum json_kind { JSON_NULL, JSON_TRUE, JSON_FALSE, JSON_NUMBER, JSON_STRING, JSON_OBJECT, JSON_ARRAY };

struct json_token {
    const char *at;      /* STRING: behind the quote; NUMBER: its text */
    uint32_t size;       /* bytes of at */
    uint32_t next;       /* index of the token behind this value */
    uint8_t kind;        /* enum json_kind */
    bool escaped;        /* STRING: holds backslashes */
};

enum { JSON_DEPTH_MAX = 500, JSON_PADDING = 64 };

/* The bytes of a string that starts at `at` (behind its quote), found by its closing quote before end; false: a bad escape or no end. */
bool json_string_scan(const char *at, const char *end, uint32_t *ret_size, bool *ret_escaped);
/* The JSON number at `at`; 0 when there is none. */
uint32_t json_number_scan(const char *at, const char *end);
/* Are the bytes well-formed UTF-8? */
bool json_utf8_valid(const char *at, size_t size);

struct json_bridge;
struct json_bridge *json_bridge_new(void);
void json_bridge_free(struct json_bridge *b);
/*
 * Parses one object or array of size bytes (JSON_PADDING readable bytes behind it). NULL: fine, and
 * the tape is valid until the next call; else what is wrong, static text.
 */
const char *json_bridge_parse(struct json_bridge *b, const char *at, size_t size, const struct json_token **ret_tape, uint32_t *ret_count);

#ifdef __cplusplus
}
#endif

#endif
