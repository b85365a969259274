/* Effects: who caused one, and whether the same was told before. */

#ifndef TRACER_EFFECTS_H
#define TRACER_EFFECTS_H

#include "codes.h"

typedef struct {
    PyObject *chain;   /* the nearest frames inside, each its code's id and its offset */
    PyObject *outer;   /* the number of the effect around this one */
    PyObject *through; /* the outside function that the namespace called */
    bool is_own;       /* nothing but the package of the effect stands between */
} Cause; /* owned; all NULL where there is none */

bool effects_are_heard(void);
int cause_of(Running *frame, PyObject *object, bool is_callee, PyObject *package, Cause *cause);
void cause_end(Cause *cause);
PyObject *effect_told(const Cause *cause, PyObject *fixed, PyObject *varying);
PyObject *effect_numbers(void);
void effects_stop(void);
void effects_forget(void);

extern PyMethodDef functions_of_effects[];

#endif
