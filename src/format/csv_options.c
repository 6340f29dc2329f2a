/* SPDX-License-Identifier: Apache-2.0 */
/* csv_options: the dialect from the table's options. Delimiters are single ASCII characters. */
#include "format/csv.h"

#include <assert.h>

static enum status ascii(const struct options *o, const char *key, int fallback, int *ret, struct error *e) {
    const struct option_value *v = options_get(o, key);
    int64_t c = v->present ? v->number : fallback;
    if (c > 127)
        return error_at(e, STATUS_UNSUPPORTED, v->span, "Option 'csv.%s': only ASCII characters are supported, not '%.*s'.", key, STR_ARG(v->text));
    *ret = (int)c;
    return STATUS_OK;
}

enum status csv_dialect_new(const struct options *o, struct csv_dialect *ret, struct error *e) {
    struct csv_dialect d = {0};
    int delimiter;
    TRY(ascii(o, "field-delimiter", ',', &delimiter, e));
    TRY(ascii(o, "quote-character", '"', &d.quote, e));
    TRY(ascii(o, "escape-character", -1, &d.escape, e));
    d.delimiter = (char)delimiter;
    if (options_bool(o, "disable-quote-character")) d.quote = -1;
    const struct option_value *element = options_get(o, "array-element-delimiter");
    if (element->text.size_bytes != 1)
        return error_at(e, STATUS_OPTION, element->span, "Option 'csv.array-element-delimiter' must be a string with single character, but was: %.*s", STR_ARG(element->text));
    d.element_delimiter = element->text.at[0];
    const struct option_value *null_literal = options_get(o, "null-literal");
    if (null_literal->given) d.null_literal = null_literal->text.at == NULL ? STR("") : null_literal->text;
    d.comments = options_bool(o, "allow-comments");
    d.trim = options_bool(o, "trim-spaces");
    d.ignore_unmappable = options_bool(o, "ignore-trailing-unmappable");
    d.trailing_comma = options_bool(o, "allow-trailing-comma");
    d.fail_on_missing = options_bool(o, "fail-on-missing-columns");
    d.empty_is_null = options_bool(o, "empty-string-as-null");
    d.ignore_errors = options_bool(o, "ignore-parse-errors");
    *ret = d;
    return STATUS_OK;
}
