/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptor of the connector behind tables that a program registers (weir_session_register). It is
 * private: no statement can name it with success, so it is not listed.
 */
#include "catalog/connectors.h"

const struct connector connector_arrow = {
    .name = "arrow",
    .abilities = CONNECTOR_SOURCE | CONNECTOR_PRIVATE,
    .doc = "An Arrow stream of the program that uses the library.",
};
