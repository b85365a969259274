/* Counts of calls that Python has seen before and given a key; a first one always goes to Python,
   so that first sightings have one order. */

#ifndef TRACER_EDGES_H
#define TRACER_EDGES_H

#include "frames.h"

enum { CALLED, RESUMED, CALLED_OUTSIDE, RAISED, CALLED_FROM_SITE };

/* Code objects, or the type of what was raised; all are kept alive. */
typedef struct {
    PyObject *callee, *caller; /* no caller: nobody inside called it */
    PyObject *nearest, *outer; /* what stands between them, at both ends; NULL: nothing does */
    PyObject *key;             /* what Python counts by; None: it does not */
    int64_t count;             /* since it was told last */
    int offset, kind;
    int through; /* what the tree says stands between, see `number_through`; 0: nothing */
} Edge;

typedef struct {
    Edge *items;
    uint32_t *slots; /* position in `items`, from 1; never all taken */
    uint32_t *fresh; /* positions of those that were counted since the last news */
    uint32_t size, room, mask, fresh_size;
} Edges;

extern Edges edges;

static inline uint32_t place_of_edge(PyObject *callee, PyObject *caller, int offset, int kind) {
    uint64_t mixed = (uint64_t)(uintptr_t)callee * 0x9E3779B97F4A7C15u;
    mixed ^= ((uint64_t)(uintptr_t)caller + (uint64_t)offset * 8 + (uint64_t)kind)
             * 0xC2B2AE3D27D4EB4Fu;
    return (uint32_t)(mixed >> 32) & edges.mask;
}

/* The edge of a call through functions outside. */
static inline Edge *find_far_edge(PyObject *callee, PyObject *caller, int offset, int kind,
                                  PyObject *nearest, PyObject *outer) {
    uint32_t at = place_of_edge(callee, caller, offset, kind);
    for (; edges.slots[at]; at = (at + 1) & edges.mask) {
        Edge *edge = &edges.items[edges.slots[at] - 1];
        if (edge->callee == callee && edge->caller == caller && edge->offset == offset
            && edge->kind == kind && edge->nearest == nearest && edge->outer == outer) {
            return edge;
        }
    }
    return NULL;
}

static inline Edge *find_edge(PyObject *callee, PyObject *caller, int offset, int kind) {
    return find_far_edge(callee, caller, offset, kind, NULL, NULL);
}

static inline void count_edge(Edge *edge) {
    if (edge->count++ == 0 && edge->key != Py_None) {
        edges.fresh[edges.fresh_size++] = (uint32_t)(edge - edges.items);
    }
}

int add_edge(Edge edge);
int through_of(PyObject *code);
int number_through(int through);
void set_number_through(int through, int number);
PyObject *news_of_edges(void);
void forget_edges(void);

#endif
