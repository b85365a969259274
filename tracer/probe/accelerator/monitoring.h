#ifndef TRACER_MONITORING_H
#define TRACER_MONITORING_H

#include "frames.h"

PyObject *monitoring_hooks(PyObject *callbacks, PyObject *disable, int sightings);
int monitoring_callbacks(PyObject *by_name);
void monitoring_stop(void);

#endif
