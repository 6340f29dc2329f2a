/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_url: URLs as java.net sees them, and IPv4 addresses as numbers.
 */
#include "func/kernel.h"

#include <assert.h>

/* ---- percent encoding ----------------------------------------------------------------------------------------- */

static bool stays(char c)
{
    return (unsigned)((c | 32) - 'a') < 26 || (unsigned)(c - '0') < 10 || c == '-' || c == '_' || c == '.' || c == '*';
}

static enum status url_encode_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    buf_reset(c->text);
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (stays(s.at[i])) buf_char(c->text, s.at[i]);
        else if (s.at[i] == ' ') buf_char(c->text, '+');
        else buf_format(c->text, "%%%02X", (unsigned)(unsigned char)s.at[i]);
    }
    return set_text(c, out, row);
}
KERNEL(url_encode)
BIND(url_encode, "s", RESULT_STRING_NULL)

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    int v = (c | 32) - 'a';
    return v >= 0 && v < 6 ? v + 10 : -1;
}

/* Bytes that are no UTF-8 become the replacement character. */
static void append_repaired(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i), code = utf8_code(s, i, n);
        if (n == 1 && code == 0xfffd) utf8_append(out, code);
        else buf_append(out, s.at + i, n);
        i += n;
    }
}

static bool percent_decode(struct str s, char *bytes, size_t *ret_size)
{
    size_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] != '%') {
            bytes[n++] = s.at[i] == '+' ? ' ' : s.at[i];
            continue;
        }
        if (s.size_bytes - i < 3) return false;
        int high = hex_value(s.at[i + 1]), low = hex_value(s.at[i + 2]);
        if (high < 0 || low < 0) return false;
        bytes[n++] = (char)(high << 4 | low);
        i += 2;
    }
    *ret_size = n;
    return true;
}

static enum status url_decode_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    char *bytes = arena_bytes(c->scratch, s.size_bytes + 1);
    size_t size = 0;
    if (bytes == NULL) return STATUS_NO_MEMORY;
    if (!percent_decode(s, bytes, &size)) return set_null(out, row);
    buf_reset(c->text);
    append_repaired(c->text, (struct str){bytes, size});
    return set_text(c, out, row);
}
KERNEL(url_decode)
BIND(url_decode, "s", RESULT_STRING_NULL)

/* ---- PARSE_URL ---------------------------------------------------------------------------------------------------- */

/* Parts of a URL; at == NULL: it has no such part. */
struct url {
    struct str protocol, authority, user, host, path, query, ref, file;
};

static size_t find_char(struct str s, char c)
{
    const char *at = s.size_bytes == 0 ? NULL : memchr(s.at, c, s.size_bytes);
    return at == NULL ? SIZE_MAX : (size_t)(at - s.at);
}

/* Protocols that java.net.URL knows; others are no URL to it. */
static bool known_protocol(struct str p)
{
    static const char *const known[] = {"http", "https", "ftp", "file", "jar", "mailto", "jmod", "jrt"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_equal_ignore_case(p, str_of(known[i]))) return true;
    }
    return false;
}

static bool parse_authority(struct url *u, struct str a)
{
    u->authority = a;
    size_t at = find_char(a, '@');
    struct str host = a;
    if (at != SIZE_MAX) {
        u->user = text_part(a, 0, at);
        host = text_part(a, at + 1, a.size_bytes);
    }
    size_t colon = find_char(host, ':');
    if (host.size_bytes > 0 && host.at[0] == '[') {
        size_t close = find_char(host, ']');
        if (close == SIZE_MAX) return false;
        colon = close + 1 < host.size_bytes ? close + 1 : SIZE_MAX;
    }
    for (size_t i = colon == SIZE_MAX ? host.size_bytes : colon + 1; i < host.size_bytes; i++) {
        if (host.at[i] < '0' || host.at[i] > '9') return false;
    }
    u->host = colon == SIZE_MAX ? host : text_part(host, 0, colon);
    return true;
}

static bool url_parse(struct str s, struct url *ret)
{
    struct url u = {.host = {"", 0}};
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s = text_part(s, 1, s.size_bytes);
    size_t colon = find_char(s, ':');
    if (colon == SIZE_MAX || !known_protocol(text_part(s, 0, colon))) return false;
    u.protocol = text_part(s, 0, colon);
    s = text_part(s, colon + 1, s.size_bytes);
    size_t hash = find_char(s, '#');
    if (hash != SIZE_MAX) {
        u.ref = text_part(s, hash + 1, s.size_bytes);
        s = text_part(s, 0, hash);
    }
    size_t question = find_char(s, '?');
    struct str before = question == SIZE_MAX ? s : text_part(s, 0, question);
    if (question != SIZE_MAX) u.query = text_part(s, question + 1, s.size_bytes);
    size_t path = 0;
    if (before.size_bytes >= 2 && memcmp(before.at, "//", 2) == 0) {
        size_t slash = find_char(text_part(before, 2, before.size_bytes), '/');
        path = slash == SIZE_MAX ? before.size_bytes : slash + 2;
        if (!parse_authority(&u, text_part(before, 2, path))) return false;
    }
    u.path = text_part(before, path, before.size_bytes);
    u.file = text_part(s, path, s.size_bytes);
    *ret = u;
    return true;
}

static struct str url_part(const struct url *u, struct str name)
{
    const struct {
        const char *name;
        struct str part;
    } parts[] = {{"HOST", u->host}, {"PATH", u->path}, {"QUERY", u->query}, {"REF", u->ref}, {"PROTOCOL", u->protocol},
                 {"FILE", u->file}, {"AUTHORITY", u->authority}, {"USERINFO", u->user}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (str_equal(name, str_of(parts[i].name))) return parts[i].part;
    }
    return (struct str){NULL, 0};
}

static enum status parse_url2_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct url u;
    (void)c;
    if (!url_parse(arg_str(args[0], row), &u)) return set_null(out, row);
    struct str part = url_part(&u, arg_str(args[1], row));
    return part.at == NULL ? set_null(out, row) : set_view(out, row, part);
}
KERNEL(parse_url2)

/* The value of a key of the query. */
static enum status parse_url3_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct url u;
    (void)c;
    struct str key = arg_str(args[2], row);
    if (!str_equal(arg_str(args[1], row), STR("QUERY")) || !url_parse(arg_str(args[0], row), &u) || u.query.at == NULL) {
        return set_null(out, row);
    }
    struct str left = u.query;
    for (;;) {
        size_t end = find_char(left, '&');
        struct str pair = end == SIZE_MAX ? left : text_part(left, 0, end);
        if (pair.size_bytes > key.size_bytes && pair.at[key.size_bytes] == '=' && memcmp(pair.at, key.at, key.size_bytes) == 0) {
            return set_view(out, row, text_part(pair, key.size_bytes + 1, pair.size_bytes));
        }
        if (end == SIZE_MAX) return set_null(out, row);
        left = text_part(left, end + 1, left.size_bytes);
    }
}
KERNEL(parse_url3)

static enum status bind_parse_url(struct func_bind *b)
{
    return bind_form(b, "sss", RESULT_STRING_NULL, b->arg_count == 2 ? parse_url2_kernel : parse_url3_kernel);
}

/* ---- addresses ------------------------------------------------------------------------------------------------------ */

/* a.b.c.d, a.b.c, a.b, a: the last number fills the bytes that are left. */
static bool parse_address(struct str s, int64_t *ret)
{
    int64_t parts[4] = {0}, value = 0;
    int32_t count = 0;
    for (size_t i = 0; i <= s.size_bytes;) {
        size_t first = i;
        if (count == 4) return false;
        for (; i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9'; i++) {
            parts[count] = parts[count] * 10 + (s.at[i] - '0');
            if (parts[count] > INT64_C(0xffffffff)) return false;
        }
        if (i == first || (i < s.size_bytes && s.at[i] != '.')) return false;
        count++;
        i++;
        if (i == s.size_bytes) return false;
    }
    for (int32_t k = 0; k < count - 1; k++) {
        if (parts[k] > 255) return false;
        value |= parts[k] << (24 - 8 * k);
    }
    if (parts[count - 1] >= INT64_C(1) << (8 * (5 - count))) return false;
    *ret = value | parts[count - 1];
    return true;
}

static enum status inet_aton_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int64_t v;
    (void)c;
    return parse_address(arg_str(args[0], row), &v) ? set_long(out, row, v) : set_null(out, row);
}
KERNEL(inet_aton)
BIND(inet_aton, "s", RESULT_BIGINT_NULL)

static enum status inet_ntoa_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int64_t v = arg_long(args[0], row);
    if (v < 0 || v > INT64_C(0xffffffff)) return set_null(out, row);
    buf_reset(c->text);
    buf_format(c->text, "%u.%u.%u.%u", (unsigned)(v >> 24), (unsigned)(v >> 16 & 255), (unsigned)(v >> 8 & 255), (unsigned)(v & 255));
    return set_text(c, out, row);
}
KERNEL(inet_ntoa)
BIND(inet_ntoa, "l", RESULT_STRING_NULL)

static const struct func rows_of_url[] = {
    ROW_OF("URL_ENCODE", 1, 1, 0, url_encode, "URL_ENCODE(s STRING) -> STRING", "As a part of a URL, in UTF-8.", "URL_ENCODE('a b') = 'a+b'"),
    ROW_OF("URL_DECODE", 1, 1, 0, url_decode, "URL_DECODE(s STRING) -> STRING", "From a part of a URL; NULL when it is none.",
           "URL_DECODE('a%20b') = 'a b'"),
    ROW_OF("PARSE_URL", 2, 3, FUNC_TYPED_ARGS, parse_url, "PARSE_URL(url STRING, part STRING[, key STRING]) -> STRING",
           "HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO of a URL, or one key of its query.",
           "PARSE_URL('http://a.b/c?k=v', 'QUERY', 'k') = 'v'"),
    ROW_OF("INET_ATON", 1, 1, 0, inet_aton, "INET_ATON(s STRING) -> BIGINT", "An IPv4 address as a number.",
           "INET_ATON('127.0.0.1') = 2130706433"),
    ROW_OF("INET_NTOA", 1, 1, 0, inet_ntoa, "INET_NTOA(n BIGINT) -> STRING", "A number as an IPv4 address.",
           "INET_NTOA(2130706433) = '127.0.0.1'"),
};
FAMILY(url, rows_of_url);
