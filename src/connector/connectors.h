/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_CONNECTORS_H
#define WEIR_CONNECTOR_CONNECTORS_H

#include "io/connector_impl.h"

/* The functions that connectors.c lists, by connector; the first is of every source that is one piece. */
enum status single_split_enumerator_new(const struct source_context *c, struct split_enumerator **ret, struct error *e);

enum status values_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e);
enum status values_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e);
enum status values_fresh_start(const struct sink_context *c, struct error *e);

enum status file_enumerator_new(const struct source_context *c, struct split_enumerator **ret, struct error *e);
enum status file_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e);
enum status file_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e);
enum status file_committer_new(const struct sink_context *c, const struct committer_ops **ret_ops, void **ret, struct error *e);

enum status datagen_enumerator_new(const struct source_context *c, struct split_enumerator **ret, struct error *e);
enum status datagen_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e);

enum status stdin_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e);
enum status stdout_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e);

enum status print_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e);
enum status blackhole_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e);

enum status arrow_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e);

#endif
