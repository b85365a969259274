/* Audit events that are described here, since programs raise them by the thousand. */

#ifndef TRACER_EVENTS_H
#define TRACER_EVENTS_H

#include "effects.h"

typedef enum { DESCRIBED_IN_PYTHON, OPENED, OF_A_PATH, OF_A_CLASS } Shape; /* as `audit.py` has them */

typedef struct {
    Shape shape;
    PyObject *fixed;   /* what is said of each such event; of opened files, that by mode or flags */
    PyObject *package; /* that raises the event */
} Event;

int event_of(PyObject *described, PyObject *name, Event *event);
int event_told(const Event *event, PyObject *arguments, Running *frame);
void events_begin(PyObject *importing, PyObject *openers);

#endif
