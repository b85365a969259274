/* Who called: the frames of a stack as the account of an effect needs them. */

#ifndef TRACER_STACK_H
#define TRACER_STACK_H

#include "codes.h"

PyObject *stack_above(Running *frame, int longest);
PyObject *arguments_of(Running *frame);

#endif
