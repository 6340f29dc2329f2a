/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_CONNECTORS_H
#define WEIR_CATALOG_CONNECTORS_H

#include "catalog/connector.h"

/* The descriptors that connectors.c lists; nobody else needs their names. */
extern const struct connector connector_filesystem, connector_datagen, connector_print, connector_blackhole,
    connector_stdin, connector_stdout, connector_values, connector_arrow, connector_outside;
extern const struct format format_json, format_csv, format_raw;

/* The option readable-metadata of the connectors that have it. */
enum status values_readable_metadata(struct arena *a, const struct options *o, struct metadata_column **ret, uint32_t *ret_count, struct error *e);

#define OPTION_COUNT(table) ((uint32_t)(sizeof(table) / sizeof((table)[0])))

#endif
