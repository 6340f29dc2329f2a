/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_CONNECTORS_H
#define WEIR_CATALOG_CONNECTORS_H

#include "catalog/connector.h"

/* The descriptors that connectors.c lists; nobody else needs their names. */
extern const struct connector connector_filesystem, connector_datagen, connector_print, connector_blackhole,
    connector_stdin, connector_stdout, connector_values, connector_arrow;
extern const struct format format_json, format_csv, format_raw;

#define OPTION_COUNT(table) ((uint32_t)(sizeof(table) / sizeof((table)[0])))

#endif
