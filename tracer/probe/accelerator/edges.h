/* Counts of calls that Python has seen before and given a key; a first one always goes to Python,
   so that first sightings have one order. */

#ifndef TRACER_EDGES_H
#define TRACER_EDGES_H

#include "frames.h"

enum { CALLED, RESUMED, CALLED_OUTSIDE, RAISED };

typedef struct {
    PyObject *callee, *caller; /* code objects, or the type of what was raised; kept alive */
    PyObject *key;             /* what Python counts by; None: it does not */
    int64_t count;             /* since it was told last */
    int offset, kind;
} Edge;

Edge *find_edge(PyObject *callee, PyObject *caller, int offset, int kind);
int add_edge(PyObject *key, PyObject *callee, PyObject *caller, int offset, int kind);
void count_edge(Edge *edge);
PyObject *news_of_edges(void);
void forget_edges(void);

#endif
