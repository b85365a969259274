#ifndef TRACER_LISTENING_H
#define TRACER_LISTENING_H

#include "frames.h"

PyObject *listening_begin(PyObject *given);
void listening_pause(bool is_paused);

#endif
