/* The frames of a stack as the account of an effect needs them: who called, and with what. */

#ifndef TRACER_STACK_H
#define TRACER_STACK_H

#include "codes.h"

PyObject *chain_of(Running *frame, int longest);
PyObject *arguments_of(Running *frame);

#endif
