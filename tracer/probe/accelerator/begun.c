#include "begun.h"

static BegunIn *live = NULL;
static size_t live_mask = 0, live_size = 0;

static inline size_t place_of(Running *frame) {
    return (size_t)(((uint64_t)(uintptr_t)frame * 0x9E3779B97F4A7C15u) >> 32) & live_mask;
}

static int grow(void) {
    size_t room = live == NULL ? 64 : 2 * (live_mask + 1), former_room = live ? live_mask + 1 : 0;
    BegunIn *former = live, *moved = PyMem_RawCalloc(room, sizeof(BegunIn));
    if (moved == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    live = moved;
    live_mask = room - 1;
    for (size_t i = 0; i < former_room; i++) {
        if (former[i].frame != NULL) {
            size_t at = place_of(former[i].frame);
            while (live[at].frame != NULL) {
                at = (at + 1) & live_mask;
            }
            live[at] = former[i];
        }
    }
    PyMem_RawFree(former);
    return 0;
}

/* Takes out what has begun in a frame; its items are the caller's to put back or free. */
BegunIn begun_take(Running *frame) {
    if (live_size) {
        for (size_t at = place_of(frame); live[at].frame != NULL; at = (at + 1) & live_mask) {
            if (live[at].frame != frame) {
                continue;
            }
            BegunIn found = live[at];
            size_t hole = at;
            for (;;) { /* moves those behind it that would not be found any more */
                at = (at + 1) & live_mask;
                if (live[at].frame == NULL) {
                    break;
                }
                size_t wanted = place_of(live[at].frame);
                if (((at - wanted) & live_mask) >= ((at - hole) & live_mask)) {
                    live[hole] = live[at];
                    hole = at;
                }
            }
            live[hole].frame = NULL;
            live_size--;
            return found;
        }
    }
    return (BegunIn){frame, NULL, 0, 0};
}

bool begun_in(Running *frame) {
    for (size_t at = place_of(frame); live_size && live[at].frame != NULL; at = (at + 1) & live_mask) {
        if (live[at].frame == frame) {
            return true;
        }
    }
    return false;
}

int begun_put(BegunIn begun) {
    if (!begun.size) {
        PyMem_RawFree(begun.items);
        return 0;
    }
    if ((live == NULL || 2 * live_size > live_mask) && grow() < 0) {
        PyMem_RawFree(begun.items);
        return -1;
    }
    size_t at = place_of(begun.frame);
    while (live[at].frame != NULL) {
        at = (at + 1) & live_mask;
    }
    live[at] = begun;
    live_size++;
    return 0;
}

int begun_add(BegunIn *begun, Begun item) {
    if (begun->size == begun->room) {
        int wanted = begun->room ? 2 * begun->room : 4;
        Begun *moved = PyMem_RawRealloc(begun->items, (size_t)wanted * sizeof(Begun));
        if (moved == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        begun->items = moved;
        begun->room = wanted;
    }
    begun->items[begun->size++] = item;
    return 0;
}
