/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weir check over any text: it ends, every statement has a place inside of the text and a verdict, and the reports
 * can be printed. Binding, planning and lints are run on the way. Texts with back-ticks are left out, since they
 * may name files of the machine.
 */
#include "cli/check_print.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 1 << 14 };

static void check_spans(const struct check_file *file) {
    for (uint32_t i = 0; i < file->statements.count; i++) {
        const struct check_statement *s = file->statements.at[i];
        if (s->span.begin > s->span.end || s->span.end > file->text.size_bytes) abort();
        for (uint32_t k = 0; k < s->findings.count; k++) {
            const struct check_finding *f = s->findings.at[k];
            if (f->span.begin > f->span.end || f->span.end > file->text.size_bytes || f->message.size_bytes == 0) abort();
        }
    }
}

static void check_text(struct arena *a, struct env *env, struct str text) {
    struct checker *c = NULL;
    struct check_file *file = NULL;
    struct list files = {0};
    struct error e = ERROR_INIT;
    if (checker_new(a, env, &c, &e) != STATUS_OK || checker_file(c, STR("fuzz.sql"), text, &file, &e) != STATUS_OK) return;
    check_spans(file);
    if (list_push(&files, a, file) != STATUS_OK) return;
    for (int format = CHECK_FORMAT_TEXT; format <= CHECK_FORMAT_SARIF; format++) {
        struct buf out = BUF_INIT;
        check_print(&out, (enum check_format)format, &files);
        buf_deinit(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > TEXT_MAX || (size > 0 && memchr(data, '`', size) != NULL)) return 0;
    struct env *env = env_posix_new();
    struct arena *a = arena_new("fuzz", 0);
    if (env != NULL && a != NULL) check_text(a, env, (struct str){(const char *)data, size});
    arena_free(a);
    env_free(env);
    return 0;
}
