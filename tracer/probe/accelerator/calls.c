#include "calls.h"

/* The same for a call through functions outside, or of which nobody inside knows: known are the
   nearest function inside and what it called; else what stands at both ends of the stack. */
bool count_far_call(Function *callee, Running *frame, int kind) {
    Running *caller = caller_of(frame);
    PyObject *nearest = code_of(caller), *outer = NULL, *code = NULL;
    for (; caller != NULL; caller = caller_of(caller)) {
        code = code_of(caller);
        void *decision = decided(code);
        if (decision == UNKNOWN) {
            return false;
        }
        if (function_in(decision) != NULL) {
            break;
        }
        outer = code;
    }
    if (caller == NULL) {
        code = NULL;
    }
    else {
        nearest = NULL;
    }
    int offset = caller == NULL ? 0 : offset_of(caller);
    Edge *edge = find_far_edge(callee->code, code, offset, kind, nearest, outer);
    if (edge == NULL) {
        return false;
    }
    long long parent = tree_is_open && caller != NULL ? node_at(caller) : 0;
    if (tree_is_open && caller != NULL && !parent) { /* it went on without an event */
        return false;
    }
    int through = edge->through;
    count_edge(edge); /* before anything that may run code: that could move the edges */
    if (tree_is_open && tree_begin(callee, frame, offset, parent, through) < 0) {
        PyErr_Clear();
    }
    return true;
}
