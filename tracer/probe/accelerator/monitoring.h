#ifndef TRACER_MONITORING_H
#define TRACER_MONITORING_H

#include "frames.h"

extern PyMethodDef monitoring_callbacks[];

PyObject *monitoring_hooks(PyObject *callbacks, PyObject *disable);
void monitoring_stop(void);

#endif
