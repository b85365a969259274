/* One call, for both back ends: counted and put into the tree, or left to Python. */

#ifndef TRACER_CALLS_H
#define TRACER_CALLS_H

#include "codes.h"
#include "edges.h"
#include "tree.h"

bool count_far_call(Function *callee, Running *frame, int kind);

/* Counts a call that Python has seen before; false: Python has to look at it. */
static inline bool count_call(Function *callee, Running *frame, int kind) {
    Running *back = caller_of(frame);
    if (back == NULL) {
        return false;
    }
    PyObject *code = code_of(back);
    if (function_of(code) == NULL) {
        return count_far_call(callee, frame, kind);
    }
    int offset = offset_of(back);
    Edge *edge = find_edge(callee->code, code, offset, kind);
    if (edge == NULL) {
        return false;
    }
    long long parent = tree_is_open ? node_at(back) : 0;
    if (tree_is_open && !parent) { /* it went on without an event */
        return false;
    }
    count_edge(edge); /* before anything that may run code: that could move the edges */
    if (tree_is_open && tree_begin(callee, frame, offset, parent, 0) < 0) {
        PyErr_Clear();
    }
    return true;
}

/* Counts a call of code outside where it comes from inside; false: Python has to look at it. */
static inline bool count_outside(Running *frame) {
    Running *back = caller_of(frame);
    PyObject *caller = back == NULL ? NULL : code_of(back);
    if (caller == NULL || function_of(caller) == NULL) {
        return true;
    }
    Edge *edge = find_edge(code_of(frame), caller, offset_of(back), CALLED_OUTSIDE);
    if (edge != NULL) {
        count_edge(edge);
    }
    return edge != NULL;
}

/* The same of an exception that was raised in a function. */
static inline bool count_raised(PyObject *type, Function *function, Running *frame) {
    Edge *edge = find_edge(type, function->code, offset_of(frame), RAISED);
    if (edge == NULL) {
        return false;
    }
    count_edge(edge);
    return true;
}

#endif
