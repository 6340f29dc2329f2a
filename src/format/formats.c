/* SPDX-License-Identifier: Apache-2.0 */
/* formats: the list of format implementations; names are those of the catalog's descriptors. */
#include "format/formats.h"

static const struct format_impl formats[] = {
    {"json", json_decoder_new, json_encoder_new},
    {"csv", csv_decoder_new, csv_encoder_new},
    {"raw", raw_decoder_new, raw_encoder_new},
};

const struct format_impl *format_impl_find(struct str name) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (str_equal(name, str_of(formats[i].name))) return &formats[i];
    }
    return NULL;
}
