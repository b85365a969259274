/* Reading a tap's expression in a running frame, where no code has a say in it. */

#ifndef TRACER_EXPRESSIONS_H
#define TRACER_EXPRESSIONS_H

#include "readings.h"

#define OF_MODULE -1  /* in place of a slot: the name is none of the function's own */
#define OF_PYTHON -2  /* only Python can find it */

int expression_put(Tap *tap, PyObject *local, PyObject *steps);
int slot_of(PyObject *code, PyObject *name);
PyObject *read_in_c(Tap *tap, Running *frame, int slot);

#endif
