/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_CONNECTOR_H
#define WEIR_CATALOG_CONNECTOR_H

#include "catalog/option.h"
#include "type/type.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * connector: what planning needs to know of connectors and formats: options and abilities. The
 * implementation (io/) is bound by name at run time; planning never touches it.
 */

enum changelog_bits { CHANGE_I = 1, CHANGE_UB = 2, CHANGE_UA = 4, CHANGE_D = 8, CHANGE_ALL = 15 };

enum connector_ability {
    CONNECTOR_SOURCE = 1,
    CONNECTOR_SINK = 2,
    CONNECTOR_NEEDS_FORMAT = 4,
    CONNECTOR_SPLITS = 8,              /* one input can be read by several readers */
    CONNECTOR_WATERMARK_PUSH_DOWN = 16,/* periodic watermarks per split inside the source */
    CONNECTOR_PROJECTION = 32,         /* reads only the asked columns (also nested) */
    CONNECTOR_PARTITIONS = 64,         /* understands PARTITIONED BY */
    CONNECTOR_PER_EPOCH = 128,         /* sink visible per epoch (else at once) */
    CONNECTOR_UNBOUNDED = 256,         /* may be unbounded by its options */
    CONNECTOR_PRIVATE = 512,           /* of tables that no statement makes: not listed */
    CONNECTOR_ONE_WRITER = 4096,       /* several could not cut their common file on restore: there is one, whatever is asked for */
    CONNECTOR_LIMIT = 8192,            /* its readers stop after the rows that a LIMIT needs */
    CONNECTOR_METADATA_WRITTEN = 1024, /* every metadata column of a table can be written */
};

struct metadata_column {
    const char *key;
    const char *type;      /* Flink type text, e.g. "TIMESTAMP_LTZ(3) NOT NULL" */
    bool writable;
    const char *doc;
};

struct connector {
    const char *name;
    uint32_t abilities;
    const struct option *options; uint32_t option_count;
    const struct metadata_column *metadata; uint32_t metadata_count;
    const char *doc;
    /* Depend on the options; NULL: insert-only / accepts everything / bounded. */
    enum status (*source_changelog)(const struct options *o, uint32_t *ret_bits, struct error *e);
    /* has_key: the table has a primary key (then many sinks want no -U). */
    enum status (*sink_changelog)(const struct options *o, bool has_key, uint32_t requested_bits, uint32_t *ret_bits, struct error *e);
    bool (*bounded)(const struct options *o);
    enum status (*check)(struct arena *a, const struct options *o, struct error *e);
    /* readable metadata given by options (values connector); NULL: the table above */
    enum status (*readable_metadata)(struct arena *a, const struct options *o, struct metadata_column **ret, uint32_t *ret_count, struct error *e);
};

struct format {
    const char *name;
    bool reads, writes;
    const struct option *options; uint32_t option_count;
    const struct metadata_column *metadata; uint32_t metadata_count;
    uint32_t changelog;    /* bits that reading yields */
    const char *doc;
    /* Can this physical row type be read/written? (raw: one column; csv: no MAP) */
    enum status (*check)(const struct options *o, const struct type *row, struct error *e);
};

/* The tables: catalog/connectors.c lists the descriptors, one row per connector and format. */
const struct connector *const *connector_table(uint32_t *ret_count);
const struct format *const *format_table(uint32_t *ret_count);
const struct connector *connector_find(struct str name);
const struct format *format_find(struct str name);

/* "I,UB,UA,D" and parts of it (the values connector's modes). */
enum status changelog_mode_parse(struct str text, uint32_t *ret_bits, struct error *e);

/* Options that every table has: connector, format, scan.parallelism, sink.parallelism, scan.watermark.*, error-handling.*. */
const struct option *common_options(uint32_t *ret_count);

/* A table's WITH clause, parsed: connector + its options + format + its options + common ones; unknown keys refused. */
struct table_options {
    const struct connector *connector;
    const struct format *format;  /* NULL: none */
    struct options own, format_options, common;
};
enum status table_options_parse(struct arena *a, const struct list *given, bool as_source, struct table_options *ret, struct error *e);

#endif
