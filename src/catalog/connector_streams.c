/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors of the small connectors: print and blackhole, as in Flink, and stdin and stdout, which
 * read and write the program's own pipes in any format (json when none is named).
 */
#include "catalog/connectors.h"

static const struct option print_options[] = {
    {"print-identifier", OPTION_STRING, NULL, NULL, "Put before each line, with '> '.", false},
    {"standard-error", OPTION_BOOL, "false", NULL, "Print to standard error.", false},
};

static enum status without_update_before(const struct options *o, bool has_key, uint32_t requested, uint32_t *ret_bits, struct error *e) {
    (void)o, (void)has_key, (void)e;
    *ret_bits = requested & ~(uint32_t)CHANGE_UB;
    return STATUS_OK;
}

static enum status everything(const struct options *o, bool has_key, uint32_t requested, uint32_t *ret_bits, struct error *e) {
    (void)o, (void)has_key, (void)e;
    *ret_bits = requested;
    return STATUS_OK;
}

const struct connector connector_print = {
    .name = "print",
    .abilities = CONNECTOR_SINK | CONNECTOR_PARTITIONS,
    .options = print_options,
    .option_count = OPTION_COUNT(print_options),
    .doc = "Each change as a line on standard output.",
    .sink_changelog = everything,
};

const struct connector connector_blackhole = {
    .name = "blackhole",
    .abilities = CONNECTOR_SINK | CONNECTOR_PARTITIONS,
    .doc = "Swallows every row.",
    .sink_changelog = without_update_before,
};

const struct connector connector_stdin = {
    .name = "stdin",
    .abilities = CONNECTOR_SOURCE | CONNECTOR_NEEDS_FORMAT | CONNECTOR_PROJECTION,
    .doc = "Records from standard input.",
};

const struct connector connector_stdout = {
    .name = "stdout",
    .abilities = CONNECTOR_SINK | CONNECTOR_NEEDS_FORMAT,
    .doc = "Records to standard output.",
};
