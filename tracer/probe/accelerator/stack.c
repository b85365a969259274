#include "stack.h"

#include <internal/pycore_code.h>

static int append(PyObject *list, PyObject *item) {
    int failed = item == NULL || PyList_Append(list, item) < 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

/* What stands between: the address of its code and the name of its module, which decide what is
   said of it; and the hash of its frame where an effect may have begun in it. */
static int add_between(Running *frame, PyObject *between, PyObject *watched) {
    PyObject *code = code_of(frame), *name = NULL;
    if (append(between, PyLong_FromVoidPtr(code)) < 0) {
        return -1;
    }
    if (PyDict_CheckExact(frame->f_globals)) {
        name = PyDict_GetItemString(frame->f_globals, "__name__");
    }
    bool is_text = name != NULL && PyUnicode_CheckExact(name);
    if (PyList_Append(between, is_text ? name : Py_None) < 0) {
        return -1;
    }
    if (decided(code) == TAPPED && frame->frame_obj != NULL) {
        return append(watched, PyLong_FromSsize_t(PyObject_Hash((PyObject *)frame->frame_obj)));
    }
    return 0;
}

#define MOST_IN_CHAIN 16

typedef struct {
    Function *function;
    int offset;
} Place;

/* Effects come in numbers from one place, so the last chain is kept. */
static Place last_places[MOST_IN_CHAIN];
static int last_size = 0;
static PyObject *last_chain = NULL;

/* The frames inside from this one on, each the id of its code and its offset. */
static PyObject *chain_of(Running *frame, int longest) {
    Place places[MOST_IN_CHAIN];
    int size = 0;
    for (; frame != NULL && size < longest && size < MOST_IN_CHAIN; frame = caller_of(frame)) {
        Function *function = function_of(code_of(frame));
        if (function != NULL) {
            places[size++] = (Place){function, offset_of(frame)};
        }
    }
    bool is_last = last_chain != NULL && size == last_size;
    for (int i = 0; is_last && i < size; i++) {
        is_last = places[i].function == last_places[i].function
                  && places[i].offset == last_places[i].offset;
    }
    if (is_last) {
        return Py_NewRef(last_chain);
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
        memcpy(last_places, places, (size_t)size * sizeof(Place));
        last_size = size;
        Py_XSETREF(last_chain, Py_NewRef(chain));
    }
    return chain;
}

/* From a frame on, outwards: the nearest frames inside; what stands before the first of them; of
   that, the frames that are watched. All empty where there is none inside. */
PyObject *stack_above(Running *frame, int longest) {
    PyObject *between = PyList_New(0), *watched = PyList_New(0), *found = NULL;
    bool is_made = between != NULL && watched != NULL;
    while (is_made && frame != NULL && function_of(code_of(frame)) == NULL) {
        is_made = add_between(frame, between, watched) == 0;
        frame = caller_of(frame);
    }
    PyObject *chain = is_made ? chain_of(frame, longest) : NULL;
    if (chain != NULL) {
        found = Py_BuildValue("(NNN)", chain, PyList_AsTuple(between), PyList_AsTuple(watched));
    }
    Py_XDECREF(between);
    Py_XDECREF(watched);
    return found;
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
