/* SPDX-License-Identifier: Apache-2.0 */
/* connectors: the list of connector implementations; names are those of the catalog's descriptors. */
#include "connector/connectors.h"

static const struct connector_impl connectors[] = {
    {.name = "filesystem", .enumerator_new = file_enumerator_new, .reader_new = file_reader_new,
     .writer_new = file_writer_new, .committer_new = file_committer_new},
    {.name = "datagen", .enumerator_new = datagen_enumerator_new, .reader_new = datagen_reader_new},
    {.name = "print", .writer_new = print_writer_new},
    {.name = "blackhole", .writer_new = blackhole_writer_new},
    {.name = "stdin", .enumerator_new = single_split_enumerator_new, .reader_new = stdin_reader_new},
    {.name = "stdout", .writer_new = stdout_writer_new},
    {.name = "values", .enumerator_new = single_split_enumerator_new, .reader_new = values_reader_new,
     .writer_new = values_writer_new, .fresh_start = values_fresh_start},
    {.name = "arrow", .enumerator_new = single_split_enumerator_new, .reader_new = arrow_reader_new},
};

const struct connector_impl *connector_impl_find(struct str name) {
    for (size_t i = 0; i < sizeof connectors / sizeof *connectors; i++) {
        if (str_equal(name, str_of(connectors[i].name))) return &connectors[i];
    }
    return NULL;
}
