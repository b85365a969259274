/* Lines that need no event of theirs: that they ran can be told from what they leave behind. */

#ifndef TRACER_INFERRING_H
#define TRACER_INFERRING_H

#include "codes.h"

void line_idle(Function *function, bool is_news);
void look_at_traces(void);

/* Whether no event of a line is wanted of a function any more. */
static inline bool is_covered(Function *function) {
    return function->is_native && (function->left <= 0 || function->traces != NULL);
}

#endif
