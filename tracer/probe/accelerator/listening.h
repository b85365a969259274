#ifndef TRACER_LISTENING_H
#define TRACER_LISTENING_H

#include "frames.h"

/* The next event of that name is of our own trace function: nobody wants to hear of it. */
extern bool settrace_is_ours;

PyObject *listening_begin(PyObject *given);
void listening_pause(bool is_paused);

#endif
