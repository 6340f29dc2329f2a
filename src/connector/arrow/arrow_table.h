/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_ARROW_ARROW_TABLE_H
#define WEIR_CONNECTOR_ARROW_ARROW_TABLE_H

#include "catalog/table.h"
#include "base/error.h"

#include "weir.h"

/*
 * arrow_table: a temporary table over an Arrow stream that a program hands in. The stream is moved at
 * once, on failure too; table->external is an arrow_source, which the caller frees when no job can
 * read the table any more. Catalog, database and name are the caller's to set. keep: the data is read now and stays, so
 * that it can be read again and again; else by the first reader, as it comes.
 */
struct arrow_source;

enum status arrow_table_new(struct arena *a, struct types *types, struct ArrowArrayStream *stream, bool keep, struct table **ret, struct error *e);
/* Releases the stream, wherever reading it has come. */
void arrow_source_free(struct arrow_source *s);

#endif
