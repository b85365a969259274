/* The call tree: nodes of frames that run, and what is to be told of their begins and ends. */

#ifndef TRACER_TREE_H
#define TRACER_TREE_H

#include "clock.h"
#include "codes.h"

extern bool tree_is_open;
extern size_t live_nodes;

void tree_open(long long most);
void tree_close(void);
long long tree_next_node(void);
long long node_at(Running *frame);
int set_node(Running *frame, long long node);
int tree_begin(Function *callee, Running *frame, int offset, long long parent, int through);
void tree_raise(Running *frame, PyObject *type);
int tree_end_slow(Running *frame, PyObject *type);
PyObject *news_of_tree(long long zero);
PyObject *news_of_raised(PyObject *name_of);
void tree_forget(void);

/* A frame ends or yields; `type` of what it raises, Py_None: what was raised in it last. */
static inline int tree_end(Running *frame, PyObject *type) {
    return live_nodes ? tree_end_slow(frame, type) : 0;
}

#endif
