/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FORMAT_FORMATS_H
#define WEIR_FORMAT_FORMATS_H

#include "io/codec.h"

/* The constructors that formats.c lists. */
enum status json_decoder_new(struct arena *a, const struct options *o, const struct decode_target *t, struct decoder **ret, struct error *e);
enum status json_encoder_new(struct arena *a, const struct options *o, const struct type *row, const struct str *names, const struct zone *zone, struct encoder **ret, struct error *e);
enum status csv_decoder_new(struct arena *a, const struct options *o, const struct decode_target *t, struct decoder **ret, struct error *e);
enum status csv_encoder_new(struct arena *a, const struct options *o, const struct type *row, const struct str *names, const struct zone *zone, struct encoder **ret, struct error *e);
enum status raw_decoder_new(struct arena *a, const struct options *o, const struct decode_target *t, struct decoder **ret, struct error *e);
enum status raw_encoder_new(struct arena *a, const struct options *o, const struct type *row, const struct str *names, const struct zone *zone, struct encoder **ret, struct error *e);

#endif
