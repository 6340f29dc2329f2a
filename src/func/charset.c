/* SPDX-License-Identifier: Apache-2.0 */
/*
 * charset: names of Java's character sets and the C library's converters behind them.
 *
 * The converter works on stretches; where it stops at what has no counterpart, a replacement is written and one
 * character (or byte) is skipped, as Java's coders do. Opening costs the look-up of a module, so that it is done once
 * per batch.
 */
#include "func/charset.h"

#include "func/kernel.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>

struct charset_name {
    const char *java, *iconv;
};

static const struct charset_name names[] = {
    {"GBK", "GBK"}, {"CP936", "CP936"}, {"GB2312", "GB2312"}, {"EUC-CN", "GB2312"}, {"GB18030", "GB18030"}, {"Big5", "BIG5"},
    {"Big5-HKSCS", "BIG5-HKSCS"}, {"Shift_JIS", "SHIFT_JIS"}, {"SJIS", "SHIFT_JIS"}, {"windows-31j", "CP932"}, {"MS932", "CP932"},
    {"EUC-JP", "EUC-JP"}, {"EUC_JP", "EUC-JP"}, {"ISO-2022-JP", "ISO-2022-JP"}, {"EUC-KR", "EUC-KR"}, {"EUC_KR", "EUC-KR"},
    {"MS949", "CP949"}, {"ISO-2022-KR", "ISO-2022-KR"}, {"TIS-620", "TIS-620"}, {"KOI8-R", "KOI8-R"}, {"KOI8-U", "KOI8-U"},
    {"ISO-8859-2", "ISO-8859-2"}, {"ISO-8859-3", "ISO-8859-3"}, {"ISO-8859-4", "ISO-8859-4"}, {"ISO-8859-5", "ISO-8859-5"},
    {"ISO-8859-6", "ISO-8859-6"}, {"ISO-8859-7", "ISO-8859-7"}, {"ISO-8859-8", "ISO-8859-8"}, {"ISO-8859-9", "ISO-8859-9"},
    {"ISO-8859-13", "ISO-8859-13"}, {"ISO-8859-15", "ISO-8859-15"}, {"ISO-8859-16", "ISO-8859-16"}, {"latin2", "ISO-8859-2"},
    {"latin9", "ISO-8859-15"}, {"windows-1250", "CP1250"}, {"windows-1251", "CP1251"}, {"windows-1252", "CP1252"},
    {"windows-1253", "CP1253"}, {"windows-1254", "CP1254"}, {"windows-1255", "CP1255"}, {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"}, {"windows-1258", "CP1258"}, {"Cp1250", "CP1250"}, {"Cp1251", "CP1251"}, {"Cp1252", "CP1252"},
    {"Cp1253", "CP1253"}, {"Cp1254", "CP1254"}, {"IBM437", "CP437"}, {"Cp437", "CP437"}, {"IBM850", "CP850"}, {"Cp850", "CP850"},
    {"IBM852", "CP852"}, {"IBM855", "CP855"}, {"IBM857", "CP857"}, {"IBM862", "CP862"}, {"IBM866", "CP866"}, {"Cp866", "CP866"},
    {"IBM037", "IBM037"}, {"IBM500", "IBM500"}, {"UTF-32", "UTF-32BE"}, {"UTF32", "UTF-32BE"}, {"UTF-32BE", "UTF-32BE"},
    {"UTF-32LE", "UTF-32LE"},
};

static const char *iconv_name(struct str name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal_ignore_case(name, str_of(names[i].java))) return names[i].iconv;
    }
    return NULL;
}

bool charset_known(struct str name) { return iconv_name(name) != NULL; }

void charset_close(struct charset_use *u)
{
    if (u->name.size_bytes > 0) iconv_close((iconv_t)u->handle);
    u->name = (struct str){NULL, 0};
}

static bool charset_open(struct charset_use *u, struct str name, bool encodes)
{
    if (u->name.size_bytes > 0 && u->encodes == encodes && str_equal(u->name, name)) return true;
    charset_close(u);
    const char *other = iconv_name(name);
    iconv_t handle = other == NULL ? (iconv_t)-1 : encodes ? iconv_open(other, "UTF-8") : iconv_open("UTF-8", other);
    if (handle == (iconv_t)-1) return false;
    u->name = name;
    u->handle = handle;
    u->encodes = encodes;
    return true;
}

/* Converts all of s; `skip` says how many bytes of what has no counterpart are passed over. */
static void convert(struct charset_use *u, struct str s, struct buf *out, const char *replacement)
{
    char room[512];
    char *in = (char *)(uintptr_t)s.at; /* iconv's old signature; it does not write there */
    size_t left = s.size_bytes;
    assert(u->name.size_bytes > 0);
    iconv((iconv_t)u->handle, NULL, NULL, NULL, NULL);
    for (bool end = false; !end;) {
        char *to = room;
        size_t space = sizeof room;
        end = left == 0;
        size_t done = end ? iconv((iconv_t)u->handle, NULL, NULL, &to, &space) : iconv((iconv_t)u->handle, &in, &left, &to, &space);
        int why = done == (size_t)-1 ? errno : 0;
        buf_append(out, room, (size_t)(to - room));
        if (end || (why != EILSEQ && why != EINVAL)) continue;
        buf_text(out, replacement);
        struct str rest = {in, left};
        size_t skip = u->encodes ? utf8_size(rest, 0) : why == EINVAL ? left : 1;
        in += skip;
        left -= skip;
    }
}

bool charset_encode(struct charset_use *u, struct str name, struct str text, struct buf *out)
{
    if (!charset_open(u, name, true)) return false;
    convert(u, text, out, "?");
    return true;
}

bool charset_decode(struct charset_use *u, struct str name, struct str bytes, struct buf *out)
{
    /* Of UTF-32 alone a mark at the beginning says which end comes first. */
    bool marked = bytes.size_bytes >= 4 && str_equal_ignore_case(name, STR("UTF-32"));
    bool little = marked && memcmp(bytes.at, "\xff\xfe\0\0", 4) == 0, big = marked && memcmp(bytes.at, "\0\0\xfe\xff", 4) == 0;
    if (little || big) bytes = text_part(bytes, 4, bytes.size_bytes);
    if (!charset_open(u, little ? STR("UTF-32LE") : name, false)) return false;
    convert(u, bytes, out, "\xef\xbf\xbd");
    return true;
}
