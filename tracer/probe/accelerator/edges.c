#include "edges.h"

#define MOST_EDGES (1u << 20) /* beyond it Python counts */

static uint32_t no_slot = 0;
Edges edges = {NULL, &no_slot, NULL, 0, 0, 0, 0};

static void put_slot(uint32_t position) {
    Edge *edge = &edges.items[position];
    uint32_t at = place_of_edge(edge->callee, edge->caller, edge->offset, edge->kind);
    while (edges.slots[at]) {
        at = (at + 1) & edges.mask;
    }
    edges.slots[at] = position + 1;
}

static int grow(void) {
    uint32_t wanted = edges.room ? 2 * edges.room : 1024;
    Edge *moved = PyMem_RawRealloc(edges.items, wanted * sizeof(Edge));
    if (moved == NULL) {
        return -1;
    }
    edges.items = moved;
    uint32_t *more = PyMem_RawRealloc(edges.fresh, wanted * sizeof(uint32_t));
    if (more == NULL) {
        return -1;
    }
    edges.fresh = more;
    uint32_t *others = PyMem_RawCalloc(4 * (size_t)wanted, sizeof(uint32_t));
    if (others == NULL) {
        return -1;
    }
    if (edges.slots != &no_slot) {
        PyMem_RawFree(edges.slots);
    }
    edges.slots = others;
    edges.mask = 4 * wanted - 1;
    edges.room = wanted;
    for (uint32_t position = 0; position < edges.size; position++) {
        put_slot(position);
    }
    return 0;
}

/* Takes references of its own. */
int add_edge(Edge edge) {
    if (edges.size >= MOST_EDGES
        || find_far_edge(edge.callee, edge.caller, edge.offset, edge.kind, edge.nearest,
                         edge.outer)
               != NULL) {
        return 0;
    }
    if (edges.size == edges.room && grow() < 0) {
        PyErr_NoMemory();
        return -1;
    }
    PyObject *held[5] = {edge.callee, edge.caller, edge.nearest, edge.outer, edge.key};
    for (int i = 0; i < 5; i++) {
        Py_XINCREF(held[i]);
    }
    edges.items[edges.size] = edge;
    put_slot(edges.size++);
    return 0;
}

/* Code outside that the tree tells of: its number in the log, 0 as long as it has none. */
typedef struct {
    PyObject *code;
    int number;
} Through;

static Through *throughs = NULL;
static int throughs_size = 0;

/* The place of a code object among these, from 1; there are few. Negative: no memory. */
int through_of(PyObject *code) {
    for (int i = 0; i < throughs_size; i++) {
        if (throughs[i].code == code) {
            return i + 1;
        }
    }
    size_t wanted = (size_t)throughs_size + 1;
    Through *moved = PyMem_RawRealloc(throughs, wanted * sizeof(Through));
    if (moved == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    throughs = moved;
    throughs[throughs_size] = (Through){Py_NewRef(code), 0};
    return ++throughs_size;
}

int number_through(int through) {
    return throughs[through - 1].number;
}

void set_number_through(int through, int number) {
    throughs[through - 1].number = number;
}

/* A list of pairs: a key, and how often since it was told last. */
PyObject *news_of_edges(void) {
    /* No code of the target runs in here, but a collection may start, and finalizers call. So all
       is taken before the first object is made. */
    uint32_t told = edges.fresh_size;
    if (told == 0) {
        return PyList_New(0);
    }
    int64_t *counts = PyMem_RawMalloc(told * sizeof(int64_t));
    PyObject **keys = PyMem_RawMalloc(told * sizeof(PyObject *));
    if (counts == NULL || keys == NULL) {
        PyMem_RawFree(counts);
        PyMem_RawFree(keys);
        return PyErr_NoMemory();
    }
    for (uint32_t i = 0; i < told; i++) {
        Edge *edge = &edges.items[edges.fresh[i]];
        counts[i] = edge->count;
        keys[i] = Py_NewRef(edge->key);
        edge->count = 0;
    }
    edges.fresh_size = 0;
    PyObject *news = PyList_New(told);
    for (uint32_t i = 0; i < told; i++) {
        PyObject *pair = news == NULL ? NULL : Py_BuildValue("(OL)", keys[i], (long long)counts[i]);
        if (pair == NULL) {
            Py_CLEAR(news);
        }
        else {
            PyList_SET_ITEM(news, i, pair);
        }
        Py_DECREF(keys[i]);
    }
    PyMem_RawFree(counts);
    PyMem_RawFree(keys);
    return news;
}

/* This process is a fork: what it sees, it sees for the first time. */
void forget_edges(void) {
    edges.size = edges.fresh_size = 0; /* keys and codes stay alive: to let go may run any code */
    memset(edges.slots, 0, ((size_t)edges.mask + 1) * sizeof(uint32_t));
    for (int i = 0; i < throughs_size; i++) {
        throughs[i].number = 0;
    }
}
