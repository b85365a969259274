#include "edges.h"

#define MOST_EDGES (1u << 20) /* beyond it Python counts */

static Edge *edges = NULL;
static uint32_t size = 0, room = 0;
static uint32_t *slots = NULL; /* position in `edges`, from 1 */
static uint32_t mask = 0;
static uint32_t *fresh = NULL; /* edges that were counted since the last news */
static uint32_t fresh_size = 0;

static inline uint32_t place_of(PyObject *callee, PyObject *caller, int offset, int kind) {
    uint64_t mixed = (uint64_t)(uintptr_t)callee * 0x9E3779B97F4A7C15u;
    mixed ^= ((uint64_t)(uintptr_t)caller + (uint64_t)offset * 4 + (uint64_t)kind)
             * 0xC2B2AE3D27D4EB4Fu;
    return (uint32_t)(mixed >> 32);
}

Edge *find_edge(PyObject *callee, PyObject *caller, int offset, int kind) {
    if (slots == NULL) {
        return NULL;
    }
    for (uint32_t at = place_of(callee, caller, offset, kind) & mask; slots[at]; at = (at + 1) & mask) {
        Edge *edge = &edges[slots[at] - 1];
        if (edge->callee == callee && edge->caller == caller && edge->offset == offset
            && edge->kind == kind) {
            return edge;
        }
    }
    return NULL;
}

static void put_slot(uint32_t position) {
    Edge *edge = &edges[position];
    uint32_t at = place_of(edge->callee, edge->caller, edge->offset, edge->kind) & mask;
    while (slots[at]) {
        at = (at + 1) & mask;
    }
    slots[at] = position + 1;
}

static int grow(void) {
    uint32_t wanted = room ? 2 * room : 1024;
    Edge *moved = PyMem_RawRealloc(edges, wanted * sizeof(Edge));
    if (moved == NULL) {
        return -1;
    }
    edges = moved;
    uint32_t *more = PyMem_RawRealloc(fresh, wanted * sizeof(uint32_t));
    if (more == NULL) {
        return -1;
    }
    fresh = more;
    uint32_t *others = PyMem_RawCalloc(4 * (size_t)wanted, sizeof(uint32_t));
    if (others == NULL) {
        return -1;
    }
    PyMem_RawFree(slots);
    slots = others;
    mask = 4 * wanted - 1;
    room = wanted;
    for (uint32_t position = 0; position < size; position++) {
        put_slot(position);
    }
    return 0;
}

int add_edge(PyObject *key, PyObject *callee, PyObject *caller, int offset, int kind) {
    if (size >= MOST_EDGES || find_edge(callee, caller, offset, kind) != NULL) {
        return 0;
    }
    if (size == room && grow() < 0) {
        PyErr_NoMemory();
        return -1;
    }
    edges[size] = (Edge){Py_NewRef(callee), Py_NewRef(caller), Py_NewRef(key), 0, offset, kind};
    put_slot(size++);
    return 0;
}

void count_edge(Edge *edge) {
    if (edge->count++ == 0 && edge->key != Py_None) {
        fresh[fresh_size++] = (uint32_t)(edge - edges);
    }
}

/* A list of pairs: a key, and how often since it was told last. */
PyObject *news_of_edges(void) {
    /* No code of the target runs in here, but a collection may start, and finalizers call. So all
       is taken before the first object is made. */
    uint32_t told = fresh_size;
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
        Edge *edge = &edges[fresh[i]];
        counts[i] = edge->count;
        keys[i] = Py_NewRef(edge->key);
        edge->count = 0;
    }
    fresh_size = 0;
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
    size = fresh_size = 0; /* keys and codes stay alive: to let go of them may run any code */
    if (slots != NULL) {
        memset(slots, 0, ((size_t)mask + 1) * sizeof(uint32_t));
    }
}
