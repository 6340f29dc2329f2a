/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suggest: "did you mean". Near is an edit distance of a third of the word at most, so that a short
 * word gets no far-fetched answer; where nothing is near and the names are few, the names themselves
 * are the better help.
 */
#include "base/suggest.h"

#include <assert.h>

enum { LISTED_MAX = 12, PART_BYTES_MIN = 3 };

static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

/* Does whole hold part, with no letter directly before or behind it? */
static bool has_part(struct str whole, struct str part) {
    for (size_t i = 0; i + part.size_bytes <= whole.size_bytes; i++) {
        size_t end = i + part.size_bytes;
        if (!str_equal_ignore_case((struct str){whole.at + i, part.size_bytes}, part)) continue;
        if ((i == 0 || !is_letter(whole.at[i - 1])) && (end == whole.size_bytes || !is_letter(whole.at[end]))) return true;
    }
    return false;
}

struct str suggest_name(struct str word, const struct str *candidates, size_t count) {
    struct str found = {NULL, 0};
    size_t hits = 0;
    assert(candidates != NULL || count == 0);
    struct str near = str_nearest(word, candidates, count);
    if (near.size_bytes > 0 || word.size_bytes < PART_BYTES_MIN) return near;
    for (size_t i = 0; i < count; i++) {
        if (!has_part(candidates[i], word)) continue;
        found = candidates[i];
        hits++;
    }
    return hits == 1 ? found : near;
}

void suggest_list(struct buf *out, const struct str *names, size_t count) {
    assert(out != NULL);
    for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
        if (i > 0) buf_text(out, i + 1 == count ? " and " : ", ");
        buf_str(out, names[i]);
    }
    if (count > LISTED_MAX) buf_format(out, " and %zu more", count - LISTED_MAX);
}

enum status suggest_hint(struct error *e, struct str word, const struct str *candidates, size_t count, const char *lead) {
    struct str near = suggest_name(word, candidates, count);
    if (e == NULL) return STATUS_BUG;
    if (near.size_bytes > 0) return error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
    if (lead == NULL || count == 0) return e->status;
    struct buf text = BUF_INIT;
    suggest_list(&text, candidates, count);
    if (!text.failed) (void)error_hint(e, "%s %.*s", lead, (int)text.size_bytes, text.at);
    buf_deinit(&text);
    return e->status;
}
