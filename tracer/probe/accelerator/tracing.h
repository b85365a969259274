#ifndef TRACER_TRACING_H
#define TRACER_TRACING_H

#include "frames.h"

int tracing_init(void);
PyObject *tracing_hooks(PyObject *given);
PyObject *tracing_begin(PyObject *ours);
void tracing_stop(void);
PyObject *tracing_spares(PyObject *is_wanted);

#endif
