#include "begun.h"

#define CAPSULE "tracer.tap"

typedef struct {
    Place **direct, **placed;
    int direct_count, placed_count;
    bool is_unwatched, has_run;
} Line;

struct CodeTaps {
    Line *lines;
    int first_line, line_count;
    bool has_placed;
    bool has_entry, has_leaving; /* is read where the body starts, or returns, by Python */
};

Tap *tap_in(PyObject *capsule) {
    return PyCapsule_GetPointer(capsule, CAPSULE);
}

PyObject *tap_capsule(Tap *tap) {
    return PyCapsule_New(tap, CAPSULE, NULL);
}

static int append(Place ***places, int *count, Place *place) {
    Place **moved = PyMem_RawRealloc(*places, ((size_t)*count + 1) * sizeof(Place *));
    if (moved == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    moved[(*count)++] = place;
    *places = moved;
    return 0;
}

static Place *new_place(PyObject *code, PyObject *capsule) {
    Tap *tap = tap_in(capsule);
    Place *place = tap == NULL ? NULL : PyMem_RawCalloc(1, sizeof(Place));
    if (place != NULL) {
        place->tap = tap;
        place->slot = slot_of(code, tap->local);
    }
    else if (!PyErr_Occurred()) {
        PyErr_NoMemory();
    }
    return place;
}

static int put_exits(Place *place, PyObject *exits) {
    place->exit_count = (int)PyTuple_GET_SIZE(exits);
    place->exits = PyMem_RawCalloc((size_t)place->exit_count + 1, sizeof(int));
    if (place->exits == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < place->exit_count; i++) {
        place->exits[i] = (int)PyLong_AsLong(PyTuple_GET_ITEM(exits, i));
    }
    return 0;
}

static Line *line_in(CodeTaps *taps, long line) {
    long at = line - taps->first_line;
    return at >= 0 && at < taps->line_count ? &taps->lines[at] : NULL;
}

static int put_direct(CodeTaps *taps, PyObject *code, PyObject *given) {
    int line;
    PyObject *capsule;
    if (!PyArg_ParseTuple(given, "iO", &line, &capsule)) {
        return -1;
    }
    Line *here = line_in(taps, line);
    Place *place = here == NULL ? NULL : new_place(code, capsule);
    if (here == NULL) { /* no event of this function can be of it */
        return 0;
    }
    return place == NULL ? -1 : append(&here->direct, &here->direct_count, place);
}

static int put_placed(CodeTaps *taps, PyObject *code, PyObject *given) {
    PyObject *placed, *exits, *capsule;
    int first, last, is_after;
    if (!PyArg_ParseTuple(given, "OiipO!O", &placed, &first, &last, &is_after, &PyTuple_Type,
                          &exits, &capsule)) {
        return -1;
    }
    Place *place = new_place(code, capsule);
    if (place == NULL || put_exits(place, exits) < 0) {
        return -1;
    }
    place->placed = Py_NewRef(placed);
    place->first = first;
    place->last = last;
    place->is_after = is_after;
    taps->has_placed = true;
    for (int line = first; line <= last; line++) {
        Line *here = line_in(taps, line);
        if (here != NULL && append(&here->placed, &here->placed_count, place) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Kept as long as the code, which is kept for good. */
CodeTaps *taps_of_code(PyObject *code, PyObject *direct, PyObject *placed, PyObject *unwatched,
                       int first_line, int last_line, bool has_entry, bool has_leaving) {
    CodeTaps *taps = PyMem_RawCalloc(1, sizeof(CodeTaps));
    Line *lines = PyMem_RawCalloc((size_t)Py_MAX(1, last_line - first_line + 1), sizeof(Line));
    if (taps == NULL || lines == NULL) {
        PyMem_RawFree(taps);
        PyMem_RawFree(lines);
        PyErr_NoMemory();
        return NULL;
    }
    *taps = (CodeTaps){lines, first_line, last_line - first_line + 1, false, has_entry, has_leaving};
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(direct); i++) {
        if (put_direct(taps, code, PyList_GET_ITEM(direct, i)) < 0) {
            return NULL;
        }
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(placed); i++) {
        if (put_placed(taps, code, PyList_GET_ITEM(placed, i)) < 0) {
            return NULL;
        }
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(unwatched); i++) {
        Line *here = line_in(taps, PyLong_AsLong(PyList_GET_ITEM(unwatched, i)));
        if (here != NULL) {
            here->is_unwatched = true;
        }
    }
    return PyErr_Occurred() ? NULL : taps;
}

/* The statements that had begun in a frame, which is about to end or begins anew: a list. */
PyObject *taps_take(Running *frame) {
    BegunIn begun = begun_take(frame);
    PyObject *found = PyList_New(begun.size);
    for (int i = 0; found != NULL && i < begun.size; i++) {
        PyList_SET_ITEM(found, i, Py_NewRef(begun.items[i].place->placed));
    }
    PyMem_RawFree(begun.items);
    return found;
}

/* A body starts: false: Python has something to read. */
bool taps_start(CodeTaps *taps, Running *frame) {
    if (!taps->has_entry && taps->has_placed) {
        PyMem_RawFree(begun_take(frame).items); /* of a frame that lay there before */
    }
    return !taps->has_entry;
}

/* A body returns: the same. */
bool taps_return(CodeTaps *taps, Running *frame) {
    return !taps->has_leaving && !(taps->has_placed && begun_in(frame));
}

static int read_place(Place *place, PyFrameObject *object, Running *frame) {
    Tap *tap = place->tap;
    PyObject *value = place->slot == OF_PYTHON ? NULL : read_in_c(tap, frame, place->slot);
    Key key;
    if (value != NULL && key_of(value, &key)) {
        int failed = tap_add(tap, value, key);
        Py_DECREF(value);
        return failed;
    }
    Py_XDECREF(value);
    if (PyErr_Occurred()) {
        return -1;
    }
    PyObject *of_python = object == NULL ? (PyObject *)PyThreadState_GetFrame(PyThreadState_Get())
                                         : Py_NewRef((PyObject *)object);
    if (of_python == NULL) {
        hooks_lost++;
        return 0;
    }
    PyObject *answer = PyObject_CallOneArg(tap->read, of_python);
    Py_DECREF(of_python);
    if (answer == NULL && PyErr_ExceptionMatches(PyExc_RecursionError)) {
        PyErr_Clear();
        hooks_lost++;
        return 0;
    }
    Py_XDECREF(answer);
    return answer == NULL ? -1 : 0;
}

static bool is_exit(const Place *place, int offset) {
    for (int i = 0; i < place->exit_count; i++) {
        if (place->exits[i] == offset) {
            return true;
        }
    }
    return false;
}

static bool is_among(const Place *place, const BegunIn *begun) {
    for (int i = 0; i < begun->size; i++) {
        if (begun->items[i].place == place) {
            return true;
        }
    }
    return false;
}

/* What statements begin and end with a line. */
static int placed_line(const Line *here, PyFrameObject *object, Running *frame, int line) {
    BegunIn begun = begun_take(frame);
    int offset = offset_of(frame), size = begun.size, failed = 0;
    begun.size = 0;
    for (int i = 0; i < size && !failed; i++) {
        Begun each = begun.items[i];
        bool is_restart = line == each.line && offset == each.offset;
        if (each.place->first <= line && line <= each.place->last && !is_restart) {
            begun.items[begun.size++] = each;
        }
        else if (each.place->is_after) {
            failed = read_place(each.place, object, frame);
        }
    }
    for (int i = 0; here != NULL && i < here->placed_count && !failed; i++) {
        Place *place = here->placed[i];
        if (is_exit(place, offset) || is_among(place, &begun)) {
            continue;
        }
        if (!place->is_after) {
            failed = read_place(place, object, frame);
        }
        if (!failed) {
            failed = begun_add(&begun, (Begun){place, line, offset});
        }
    }
    return begun_put(begun) < 0 ? -1 : failed;
}

/* A line is about to run. 1: its events are of use; 0: they are not; -1: the target has to hear. */
int taps_line(CodeTaps *taps, PyObject *lines_ran, PyFrameObject *object, Running *frame, long line,
              bool skips_unwatched) {
    Line *here = line_in(taps, line);
    if (here == NULL || !here->has_run) {
        PyObject *number = PyLong_FromLong(line);
        if (number == NULL || PySet_Add(lines_ran, number) < 0) {
            Py_XDECREF(number);
            return -1;
        }
        Py_DECREF(number);
        if (here != NULL) {
            here->has_run = true;
        }
    }
    bool is_direct = here != NULL && here->direct_count;
    if (!is_direct && (!taps->has_placed || (here != NULL && here->is_unwatched && skips_unwatched))) {
        return 0;
    }
    for (int i = 0; is_direct && i < here->direct_count; i++) {
        if (read_place(here->direct[i], object, frame) < 0) {
            return -1;
        }
    }
    return taps->has_placed && placed_line(here, object, frame, (int)line) < 0 ? -1 : 1;
}
