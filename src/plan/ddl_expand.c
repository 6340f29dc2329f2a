/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_expand: a view's query with every name in full.
 */
#include "plan/ddl.h"

#include "sql/parser.h"
#include "sql/unparse.h"

#include <assert.h>

enum status ddl_expand_view(struct binder *b, const struct ast_query *q, struct str *ret_text, const struct ast_query **ret_query) {
    struct buf out = BUF_INIT;
    unparse_query(&out, q);
    *ret_text = out.failed ? (struct str){NULL, 0} : arena_str(b->rel.arena, buf_view(&out));
    *ret_query = q;
    buf_deinit(&out);
    return ret_text->at == NULL ? error_no_memory(b->rel.error, 0) : STATUS_OK;
}
