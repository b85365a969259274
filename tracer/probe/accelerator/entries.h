/* Functions that the effect table names, as they begin: told here where their arguments are plain. */

#ifndef TRACER_ENTRIES_H
#define TRACER_ENTRIES_H

#include "effects.h"

typedef struct Entry Entry;

Entry *entry_of(PyObject *code);
PyObject *entry_reader(Entry *entry);
int entry_told(Entry *entry, PyFrameObject *frame);

extern PyMethodDef functions_of_entries[];

#endif
