#include "stack.h"

#include <internal/pycore_code.h>

#define MOST_IN_CHAIN 16

typedef struct {
    Function *function;
    int offset;
} Place;

/* Effects come in numbers from few places, so the last chains are kept. */
#define KEPT 64 /* a power of two */

typedef struct {
    Place places[MOST_IN_CHAIN];
    int size;
    PyObject *chain; /* NULL: nothing here */
} Kept;

static Kept kept[KEPT];

static bool is_it(const Kept *each, const Place *places, int size) {
    bool is_same = each->chain != NULL && each->size == size;
    for (int i = 0; is_same && i < size; i++) {
        is_same = each->places[i].function == places[i].function
                  && each->places[i].offset == places[i].offset;
    }
    return is_same;
}

/* The frames inside from this one on, each the id of its code and its offset. */
PyObject *chain_of(Running *frame, int longest) {
    Place places[MOST_IN_CHAIN];
    int size = 0;
    size_t hash = 0;
    for (; frame != NULL && size < longest && size < MOST_IN_CHAIN; frame = caller_of(frame)) {
        Function *function = function_of(code_of(frame));
        if (function != NULL) {
            places[size++] = (Place){function, offset_of(frame)};
            hash = hash * 31 + ((uintptr_t)function >> 4) + (size_t)places[size - 1].offset;
        }
    }
    Kept *here = &kept[(hash ^ (hash >> 7)) & (KEPT - 1)];
    if (is_it(here, places, size)) {
        return Py_NewRef(here->chain);
    }
    PyObject *chain = PyTuple_New(size);
    for (int i = 0; chain != NULL && i < size; i++) {
        PyObject *place = Py_BuildValue("(ni)", places[i].function->id, places[i].offset);
        if (place == NULL) {
            Py_CLEAR(chain);
            break;
        }
        PyTuple_SET_ITEM(chain, i, place);
    }
    if (chain != NULL) {
        memcpy(here->places, places, (size_t)size * sizeof(Place));
        here->size = size;
        Py_XSETREF(here->chain, Py_NewRef(chain));
    }
    return chain;
}

/* The arguments of a function that has just begun, by name: `f_locals` looks at all its locals, and
   in some versions keeps what they hold alive. */
PyObject *arguments_of(Running *frame) {
    PyCodeObject *code = (PyCodeObject *)code_of(frame);
    int size = code->co_argcount + code->co_kwonlyargcount
               + ((code->co_flags & CO_VARARGS) != 0) + ((code->co_flags & CO_VARKEYWORDS) != 0);
    PyObject *found = PyDict_New();
    for (int i = 0; found != NULL && i < size; i++) {
        PyObject *value = frame->localsplus[i];
        bool is_in_cell = _PyLocals_GetKind(code->co_localspluskinds, i) & CO_FAST_CELL;
        if (value != NULL && is_in_cell && PyCell_Check(value)) {
            value = PyCell_GET(value);
        }
        if (value != NULL
            && PyDict_SetItem(found, PyTuple_GET_ITEM(code->co_localsplusnames, i), value) < 0) {
            Py_CLEAR(found);
        }
    }
    return found;
}
