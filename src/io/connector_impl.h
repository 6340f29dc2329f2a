/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_IO_CONNECTOR_IMPL_H
#define WEIR_IO_CONNECTOR_IMPL_H

#include "io/sink.h"
#include "io/source.h"

/* The implementation of one connector: one row of connector/connectors.c. A NULL function: not a source / not a sink. */
struct connector_impl {
    const char *name;
    enum status (*enumerator_new)(const struct source_context *c, struct split_enumerator **ret, struct error *e);
    enum status (*reader_new)(const struct source_context *c, struct source_reader **ret, struct error *e);
    enum status (*writer_new)(const struct sink_context *c, struct sink_writer **ret, struct error *e);
    /* NULL: visible at once, nothing to commit. */
    enum status (*committer_new)(const struct sink_context *c, const struct committer_ops **ret_ops, void **ret, struct error *e);
    /* Before the first attempt of a fresh (not restored) job: truncate outputs that are truncated on a fresh start. NULL: nothing. */
    enum status (*fresh_start)(const struct sink_context *c, struct error *e);
};

/* By name; NULL when there is none. In connector/connectors.c. */
const struct connector_impl *connector_impl_find(struct str name);

#endif
