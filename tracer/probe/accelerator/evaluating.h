/* Frames of which the trace function has nothing to hear run without it (PEP 523). */

#ifndef TRACER_EVALUATING_H
#define TRACER_EVALUATING_H

#include "frames.h"

bool evaluating_begin(Py_tracefunc function);
void evaluating_end(void);
void evaluating_settle(void);
bool evaluating_was_replaced(void);

#endif
