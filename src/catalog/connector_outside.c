/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptor of the stand-in for connectors that Weir does not have, for `weir check`: what planning
 * has to know of them comes as options, so that the queries over their tables are looked at all the same. It
 * takes every option and cannot run. Private: it is not listed.
 */
#include "catalog/connectors.h"

static const struct option options[] = {
    {"outside.changelog-mode", OPTION_STRING, "I", NULL, "Kinds of change that reading yields: I,UB,UA,D.", false},
    {"outside.insert-only", OPTION_BOOL, "false", NULL, "The sink takes +I only.", false},
    {"outside.bounded", OPTION_BOOL, "false", NULL, "Reading ends.", false},
    {"outside.splits", OPTION_BOOL, "true", NULL, "Several readers share the source.", false},
    {"outside.epochs", OPTION_BOOL, "false", NULL, "The sink commits with checkpoints.", false},
    {"readable-metadata", OPTION_STRING, "", NULL, "Metadata columns: key:TYPE, key:TYPE.", false},
    {"", OPTION_PREFIX, NULL, NULL, "Whatever the connector takes.", false},
};

static enum status source_changelog(const struct options *o, uint32_t *ret_bits, struct error *e) {
    return changelog_mode_parse(options_text(o, "outside.changelog-mode"), ret_bits, e);
}

static enum status sink_changelog(const struct options *o, bool has_key, uint32_t requested, uint32_t *ret_bits, struct error *e) {
    (void)e;
    if (options_bool(o, "outside.insert-only")) *ret_bits = CHANGE_I;
    else *ret_bits = has_key ? (uint32_t)(CHANGE_I | CHANGE_UA | CHANGE_D) : requested;
    return STATUS_OK;
}

static bool bounded(const struct options *o) { return options_bool(o, "outside.bounded"); }

const struct connector connector_outside = {
    .name = "outside",
    .abilities = CONNECTOR_SOURCE | CONNECTOR_SINK | CONNECTOR_UNBOUNDED | CONNECTOR_PARTITIONS | CONNECTOR_METADATA_WRITTEN | CONNECTOR_PRIVATE,
    .options = options,
    .option_count = OPTION_COUNT(options),
    .doc = "Stands for a connector that Weir does not have.",
    .source_changelog = source_changelog,
    .sink_changelog = sink_changelog,
    .bounded = bounded,
    .readable_metadata = values_readable_metadata,
};
