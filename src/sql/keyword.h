/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_KEYWORD_H
#define WEIR_SQL_KEYWORD_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* keyword: the words that Flink's grammar knows, one row each in keyword.def. */

enum keyword {
    NO_KEYWORD,
#define KEYWORD(word, class) KW_##word,
#include "sql/keyword.def"
#undef KEYWORD
    KEYWORDS_END,
};

enum keyword_class {
    KEYWORD_FREE,
    KEYWORD_RESERVED,
    KEYWORD_FUNCTION,
    KEYWORD_CONTEXT,
    KEYWORD_MOMENT,
};

/* NO_KEYWORD for a word that is no keyword; any case. */
enum keyword keyword_find(struct str word);
/* In upper case; static storage. */
struct str keyword_text(enum keyword k);
enum keyword_class keyword_class(enum keyword k);

#endif
