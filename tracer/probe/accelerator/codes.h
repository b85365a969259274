/* What Python has decided on code objects. It hangs on the code object itself, and goes with it. */

#ifndef TRACER_CODES_H
#define TRACER_CODES_H

#include "taps.h"

typedef struct Trace Trace;

typedef struct {
    PyObject *code;     /* alive as long as the recorder */
    PyObject *lines;    /* a set of those that ran */
    PyObject *to_cover; /* those that can run */
    Py_ssize_t left;    /* to cover */
    Py_hash_t id;       /* by which Python knows the code */
    unsigned char *seen; /* a bit for each instruction that was the first of a line which ran */
    unsigned char *sites; /* for each instruction, calls that were looked at; NULL: none yet */
    int number;         /* in the log; 0: not yet */
    int start;          /* offset at which the body of a generator starts, or -1 */
    bool is_generator;
    CodeTaps *taps;     /* NULL: none, or they are Python's affair */
    PyObject *local;    /* the trace function that has the lines with taps; only with these */
    bool is_native;     /* no taps: nothing of it has to be told to Python each time */
    Trace *traces;      /* by which lines that are left tell that they ran; NULL: by events */
    int traces_size, idle, looks; /* see `inferring.c` */
} Function;

#define UNKNOWN ((void *)0)
#define OUTSIDE ((void *)1) /* not recorded, and nobody's business */
#define TAPPED ((void *)2)  /* not recorded, but looked at each time */
#define BETWEEN ((void *)3) /* not recorded; what else is to be done was not decided */

extern Py_ssize_t codes_index;

/* What hangs on a code object, as CPython's `codeobject.c` has it: each event asks, and to ask
   through the function for it costs more than what is done with the answer. */
typedef struct {
    Py_ssize_t size;
    void *items[1];
} Extras;

static inline void *decided(PyObject *code) {
    Extras *extras = ((PyCodeObject *)code)->co_extra;
    return extras == NULL || extras->size <= codes_index ? UNKNOWN : extras->items[codes_index];
}

static inline Function *function_in(void *decision) {
    return (uintptr_t)decision > (uintptr_t)BETWEEN ? (Function *)decision : NULL;
}

static inline Function *function_of(PyObject *code) {
    return function_in(decided(code));
}

/* Whether Python has to look at a call of it. */
static inline bool is_open(void *decision) {
    return decision == UNKNOWN || decision == BETWEEN;
}

int codes_init(void);
int decide(PyObject *code, void *decision);
Function *add_function(PyObject *code, Py_hash_t id, int start, bool is_generator, PyObject *lines,
                       PyObject *to_cover, bool is_native);
void quiet_modules(PyObject *names, PyObject *lines);
bool is_quiet(Running *frame);
void *decided_in(Running *frame);
int site_seen(Function *function, long offset);
void forget_numbers(void);
int add_line(Function *function, int number);
int line_ran(Function *function, PyFrameObject *frame);
int line_left(Function *function, Running *frame);

#endif
