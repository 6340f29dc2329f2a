/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_print: the findings of `weir check` as text (a line per statement, each finding under it in the
 * form that editors understand, totals at the end) and as JSON (one object, everything in it).
 */
#include "cli/check_print.h"

#include "cli/result.h"
#include "sql/position.h"

const char *check_severity_text(enum lint_severity s) {
    static const char *const texts[] = {"error", "warning", "note"};
    return texts[s];
}

struct check_totals check_count(const struct list *files) {
    struct check_totals t = {0};
    for (uint32_t i = 0; i < files->count; i++) {
        const struct check_file *f = files->at[i];
        t.statements += f->statements.count;
        for (uint32_t k = 0; k < f->statements.count; k++) {
            const struct check_statement *s = f->statements.at[k];
            t.verdicts[s->verdict]++;
            for (uint32_t n = 0; n < s->findings.count; n++) t.severities[((const struct check_finding *)s->findings.at[n])->rule->severity]++;
        }
    }
    return t;
}

/* ---- text --------------------------------------------------------------------------------------------------- */

/* One line, however many the message has. */
static void put_line(struct buf *out, struct str text) {
    bool blank = false;
    for (size_t i = 0; i < text.size_bytes; i++) {
        if ((unsigned char)text.at[i] <= ' ') {
            blank = true;
            continue;
        }
        if (blank) buf_char(out, ' ');
        blank = false;
        buf_char(out, text.at[i]);
    }
}

static struct str advice_of(const struct check_finding *f) { return f->hint.size_bytes > 0 ? f->hint : str_of(f->rule->advice); }

static void text_finding(struct buf *out, const struct check_file *file, const struct check_finding *f) {
    struct position p = position_of(file->text, f->span.begin);
    buf_format(out, "  %.*s:%u:%u: %s: ", STR_ARG(file->name), p.line, p.column, check_severity_text(f->rule->severity));
    put_line(out, f->message);
    buf_format(out, " [%s]\n", f->rule->id);
    bool verdict = f->rule == lint_rule(LINT_RULE_UNSUPPORTED) || f->rule == lint_rule(LINT_RULE_INVALID) || f->rule == lint_rule(LINT_RULE_SYNTAX);
    if (verdict && f->hint.size_bytes == 0) return; /* general advice says nothing here */
    buf_text(out, "      ");
    put_line(out, advice_of(f));
    buf_char(out, '\n');
}

static void text_file(struct buf *out, const struct check_file *file) {
    for (uint32_t i = 0; i < file->statements.count; i++) {
        const struct check_statement *s = file->statements.at[i];
        struct position p = position_of(file->text, s->span.begin);
        buf_format(out, "%.*s:%u:%u: %s: %.*s\n", STR_ARG(file->name), p.line, p.column, check_verdict_text(s->verdict), STR_ARG(s->label));
        for (uint32_t k = 0; k < s->findings.count; k++) text_finding(out, file, s->findings.at[k]);
    }
}

static void text_totals(struct buf *out, const struct list *files) {
    struct check_totals t = check_count(files);
    buf_format(out, "%u statement%s against Flink 2.3:", t.statements, t.statements == 1 ? "" : "s");
    const char *comma = " ";
    for (int v = CHECK_SUPPORTED; v <= CHECK_INVALID; v++) {
        if (t.verdicts[v] == 0) continue;
        struct str name = str_of(check_verdict_text((enum check_verdict)v));
        buf_format(out, "%s%u %c%.*s", comma, t.verdicts[v], name.at[0] | 0x20, (int)name.size_bytes - 1, name.at + 1);
        comma = ", ";
    }
    buf_format(out, "%s; %u errors, %u warnings, %u notes\n", t.statements == 0 ? " none" : "", t.severities[LINT_ERROR], t.severities[LINT_WARNING], t.severities[LINT_NOTE]);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------- */

static void json_text(struct buf *out, const char *key, struct str value) {
    buf_format(out, "\"%s\":", key);
    result_print_json_text(out, value);
}

static void json_span(struct buf *out, const struct check_file *file, struct span span) {
    struct position begin = position_of(file->text, span.begin), end = position_of(file->text, span.end);
    buf_format(out, "\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", begin.line, begin.column, end.line, end.column);
}

static void json_finding(struct buf *out, const struct check_file *file, const struct check_finding *f) {
    buf_char(out, '{');
    json_text(out, "rule", str_of(f->rule->id));
    buf_format(out, ",\"severity\":\"%s\",", check_severity_text(f->rule->severity));
    json_span(out, file, f->span);
    buf_char(out, ',');
    json_text(out, "message", f->message);
    buf_char(out, ',');
    json_text(out, "advice", advice_of(f));
    buf_char(out, '}');
}

static void json_statement(struct buf *out, const struct check_file *file, const struct check_statement *s) {
    buf_char(out, '{');
    json_text(out, "statement", s->label);
    buf_char(out, ',');
    json_text(out, "verdict", str_of(check_verdict_text(s->verdict)));
    buf_char(out, ',');
    json_span(out, file, s->span);
    buf_text(out, ",\"findings\":[");
    for (uint32_t i = 0; i < s->findings.count; i++) {
        if (i > 0) buf_char(out, ',');
        json_finding(out, file, s->findings.at[i]);
    }
    buf_text(out, "]}");
}

static void json_all(struct buf *out, const struct list *files) {
    struct check_totals t = check_count(files);
    buf_format(out, "{\"weir\":\"%s\",\"flink\":\"2.3\",\"files\":[", WEIR_VERSION);
    for (uint32_t i = 0; i < files->count; i++) {
        const struct check_file *file = files->at[i];
        buf_text(out, i > 0 ? ",{" : "{");
        json_text(out, "file", file->name);
        buf_text(out, ",\"statements\":[");
        for (uint32_t k = 0; k < file->statements.count; k++) {
            buf_text(out, k > 0 ? ",\n " : "\n ");
            json_statement(out, file, file->statements.at[k]);
        }
        buf_text(out, "]}");
    }
    buf_format(out, "],\n\"summary\":{\"statements\":%u", t.statements);
    for (int v = CHECK_SUPPORTED; v <= CHECK_INVALID; v++) {
        struct str name = str_of(check_verdict_text((enum check_verdict)v));
        buf_format(out, ",\"%c%.*s\":%u", name.at[0] | 0x20, (int)name.size_bytes - 1, name.at + 1, t.verdicts[v]);
    }
    buf_format(out, ",\"errors\":%u,\"warnings\":%u,\"notes\":%u}}\n", t.severities[LINT_ERROR], t.severities[LINT_WARNING], t.severities[LINT_NOTE]);
}

void check_print(struct buf *out, enum check_format format, const struct list *files) {
    switch (format) {
    case CHECK_FORMAT_SARIF: check_print_sarif(out, files); return;
    case CHECK_FORMAT_JSON: json_all(out, files); return;
    case CHECK_FORMAT_TEXT: break;
    }
    for (uint32_t i = 0; i < files->count; i++) text_file(out, files->at[i]);
    text_totals(out, files);
}
