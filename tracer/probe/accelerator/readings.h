/* What was read at a tap: bounded, in order, as `readings.py` keeps it where there is no C.

   Scalars of exact types are kept as they are; of all else comes a text, which Python makes. */

#ifndef TRACER_READINGS_H
#define TRACER_READINGS_H

#include "frames.h"

enum { INTEGER, FLOAT, SINGLE, SHORT_TEXT, SAID };

/* By what two values are the same; of a text, its hash. */
typedef struct {
    int kind;
    int64_t bits;
} Key;

typedef struct {
    Key key;
    PyObject *compared; /* the text, where there is one */
    PyObject *kept;
    int64_t count;
} Shown;

typedef struct {
    PyObject *kept;
    int64_t times;
} Run;

typedef struct {
    int kind;
    PyObject *argument;
} Step;

typedef struct {
    PyObject *read;  /* Python's way, called with the frame */
    PyObject *local; /* the name that the expression begins with; NULL: only Python can read it */
    Step *steps;
    int step_count;
    Shown *shown;
    int most_shown, shown_size;
    int last_place; /* in `shown` */
    Run *runs;
    int most_runs, runs_size;
    int run_place; /* in `shown`, of the last run; or one of these: */
    int64_t others;
    PyObject *low, *high; /* of the others */
    bool are_others_numbers;
    PyObject *last;
} Tap;

Tap *tap_new(PyObject *read, int most_shown, int most_runs);
bool key_of(PyObject *value, Key *key);
int tap_add(Tap *tap, PyObject *value, Key key);
int tap_said(Tap *tap, PyObject *text, PyObject *kept);
PyObject *tap_told(Tap *tap, int from_shown, int from_run);
void tap_forget(Tap *tap);

#endif
