/* Where taps lie in a function, and the tapped statements that have begun in frames that are alive.

   What `taps.py` does at a line event where there is no C; leaving and raising stay in Python. */

#ifndef TRACER_TAPS_H
#define TRACER_TAPS_H

#include "expressions.h"

typedef struct CodeTaps CodeTaps;

Tap *tap_in(PyObject *capsule);
PyObject *tap_capsule(Tap *tap);
CodeTaps *taps_of_code(PyObject *code, PyObject *direct, PyObject *placed, PyObject *unwatched,
                       int first_line, int last_line, bool has_entry, bool has_leaving);
bool taps_start(CodeTaps *taps, Running *frame);
bool taps_return(CodeTaps *taps, Running *frame);
int taps_line(CodeTaps *taps, PyObject *lines_ran, PyFrameObject *object, Running *frame, long line,
              bool skips_unwatched);
PyObject *taps_take(Running *frame);

#endif
