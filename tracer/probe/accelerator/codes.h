/* What Python has decided on code objects. It hangs on the code object itself, and goes with it. */

#ifndef TRACER_CODES_H
#define TRACER_CODES_H

#include "taps.h"

typedef struct {
    PyObject *code;     /* alive as long as the recorder */
    PyObject *lines;    /* a set of those that ran */
    PyObject *to_cover; /* those that can run */
    Py_ssize_t left;    /* to cover */
    Py_hash_t id;       /* by which Python knows the code */
    unsigned char *seen; /* a bit for each instruction that was the first of a line which ran */
    int number;         /* in the log; 0: not yet */
    int start;          /* offset at which the body of a generator starts, or -1 */
    bool is_generator;
    CodeTaps *taps;     /* NULL: none, or they are Python's affair */
    PyObject *local;    /* the trace function that has the lines with taps; only with these */
    bool is_native;     /* no taps: nothing of it has to be told to Python each time */
} Function;

#define UNKNOWN ((void *)0)
#define OUTSIDE ((void *)1) /* not recorded, and nobody's business */
#define TAPPED ((void *)2)  /* not recorded, but looked at each time */

extern Py_ssize_t codes_index;

static inline void *decided(PyObject *code) {
    void *found = UNKNOWN;
#if PY_VERSION_HEX >= 0x030c0000
    (void)PyUnstable_Code_GetExtra(code, codes_index, &found);
#else
    (void)_PyCode_GetExtra(code, codes_index, &found);
#endif
    return found;
}

static inline Function *function_in(void *decision) {
    return (uintptr_t)decision > (uintptr_t)TAPPED ? (Function *)decision : NULL;
}

static inline Function *function_of(PyObject *code) {
    return function_in(decided(code));
}

int codes_init(void);
int decide(PyObject *code, void *decision);
Function *add_function(PyObject *code, Py_hash_t id, int start, bool is_generator, PyObject *lines,
                       PyObject *to_cover, bool is_native);
void quiet_modules(PyObject *names);
bool is_of_quiet_module(Running *frame);
void forget_numbers(void);
int line_ran(Function *function, PyFrameObject *frame);

#endif
