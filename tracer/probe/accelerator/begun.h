/* The tapped statements that have begun in the frames that are alive. */

#ifndef TRACER_BEGUN_H
#define TRACER_BEGUN_H

#include "taps.h"

/* A tap in one code object. */
typedef struct {
    Tap *tap;
    PyObject *placed; /* as Python has it; NULL where a line's event is enough */
    int *exits;       /* offsets where a `with` is left */
    int exit_count;
    int slot, first, last;
    bool is_after;
} Place;

/* A tapped statement that has begun, and where. */
typedef struct {
    Place *place;
    int line, offset;
} Begun;

typedef struct {
    Running *frame; /* by its address alone: it is taken out when the frame ends */
    Begun *items;   /* with room for `room` */
    int size, room;
} BegunIn;

BegunIn begun_take(Running *frame);
bool begun_in(Running *frame);
int begun_put(BegunIn begun);
int begun_add(BegunIn *begun, Begun item);

#endif
