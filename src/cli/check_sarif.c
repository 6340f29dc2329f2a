/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_sarif: findings in the Static Analysis Results Interchange Format 2.1.0, for code hosts and editors: one
 * run, all rules with their texts, one result per finding with its region. Columns count code points.
 */
#include "cli/check_print.h"

#include "cli/result.h"
#include "sql/position.h"

static void text_of(struct buf *out, const char *key, struct str value) {
    buf_format(out, "\"%s\":{\"text\":", key);
    result_print_json_text(out, value);
    buf_char(out, '}');
}

static void put_rule(struct buf *out, const struct lint_rule *r) {
    buf_format(out, "{\"id\":\"%s\",", r->id);
    text_of(out, "shortDescription", str_of(r->doc));
    buf_char(out, ',');
    text_of(out, "help", str_of(r->advice));
    buf_format(out, ",\"defaultConfiguration\":{\"level\":\"%s\"}}", check_severity_text(r->severity));
}

static uint32_t index_of(const struct lint_rule *r) {
    uint32_t i = 0;
    while (i < LINT_RULE_COUNT && lint_rule((enum lint_rule_id)i) != r) i++;
    return i;
}

/* A relative URI: what is no plain path character is escaped. */
static void put_uri(struct buf *out, struct str path) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    buf_text(out, path.size_bytes > 0 && path.at[0] == '/' ? "\"file://" : "\"");
    for (size_t i = 0; i < path.size_bytes; i++) {
        if (memchr(plain, path.at[i], sizeof plain - 1) != NULL) buf_char(out, path.at[i]);
        else buf_format(out, "%%%02X", (unsigned char)path.at[i]);
    }
    buf_char(out, '"');
}

static void put_result(struct buf *out, const struct check_file *file, const struct check_finding *f) {
    struct position begin = position_of(file->text, f->span.begin), end = position_of(file->text, f->span.end);
    struct buf message = BUF_INIT;
    buf_str(&message, f->message);
    if (f->hint.size_bytes > 0) buf_format(&message, ". %.*s", STR_ARG(f->hint));
    buf_format(out, "{\"ruleId\":\"%s\",\"ruleIndex\":%u,\"level\":\"%s\",", f->rule->id, index_of(f->rule), check_severity_text(f->rule->severity));
    text_of(out, "message", message.failed ? f->message : buf_view(&message));
    buf_text(out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    put_uri(out, file->name);
    buf_format(out, "},\"region\":{\"startLine\":%u,\"startColumn\":%u,\"endLine\":%u,\"endColumn\":%u}}}]}", begin.line, begin.column, end.line, end.column);
    buf_deinit(&message);
}

void check_print_sarif(struct buf *out, const struct list *files) {
    const char *comma = "\n";
    buf_text(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\",");
    buf_format(out, "\"tool\":{\"driver\":{\"name\":\"weir\",\"version\":\"%s\",\"semanticVersion\":\"%s\",\"properties\":{\"flink\":\"2.3\"},\"rules\":[\n", WEIR_VERSION, WEIR_VERSION);
    for (uint32_t i = 0; i < LINT_RULE_COUNT; i++) {
        if (i > 0) buf_text(out, ",\n");
        put_rule(out, lint_rule((enum lint_rule_id)i));
    }
    buf_text(out, "]}},\"results\":[");
    for (uint32_t i = 0; i < files->count; i++) {
        const struct check_file *file = files->at[i];
        for (uint32_t k = 0; k < file->statements.count; k++) {
            const struct check_statement *s = file->statements.at[k];
            for (uint32_t n = 0; n < s->findings.count; n++) {
                buf_text(out, comma);
                put_result(out, file, s->findings.at[n]);
                comma = ",\n";
            }
        }
    }
    buf_text(out, "]}]}\n");
}
