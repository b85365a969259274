#include "events.h"

#include "texts.h"

/* Modules of the import system, and those that open names below an open folder. */
static PyObject *of_imports = NULL, *of_openers = NULL;

void events_begin(PyObject *importing, PyObject *openers) {
    Py_XSETREF(of_imports, Py_NewRef(importing));
    Py_XSETREF(of_openers, Py_NewRef(openers));
}

/* What Python says of an event by name: its shape, what is fixed, and its package. */
int event_of(PyObject *described, PyObject *name, Event *event) {
    *event = (Event){0};
    PyObject *found = PyDict_GetItemWithError(described, name);
    if (found == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    int shape;
    if (!PyArg_ParseTuple(found, "iOO!", &shape, &event->fixed, &PyUnicode_Type, &event->package)) {
        return -1;
    }
    if (shape == OPENED && !PyDict_CheckExact(event->fixed)) {
        PyErr_SetString(PyExc_TypeError, "expected what is said by mode");
        return -1;
    }
    event->shape = (Shape)shape;
    Py_INCREF(event->fixed);
    Py_INCREF(event->package);
    return 0;
}

static bool is_importing(PyObject *module) {
    for (Py_ssize_t i = 0; module != NULL && i < PyTuple_GET_SIZE(of_imports); i++) {
        if (PyUnicode_Tailmatch(module, PyTuple_GET_ITEM(of_imports, i), 0, PY_SSIZE_T_MAX, -1)
            == 1) {
            return true;
        }
    }
    return false;
}

static int tell(const Event *event, Running *frame, PyObject *fixed, const char *name,
                PyObject *text) {
    Cause cause;
    if (cause_of(frame, NULL, false, event->package, &cause) < 0) {
        return -1;
    }
    PyObject *varying = Py_BuildValue("(sO)", name, text);
    PyObject *number = varying == NULL ? NULL : effect_told(&cause, fixed, varying);
    Py_XDECREF(varying);
    cause_end(&cause);
    if (number == NULL) {
        return -1;
    }
    Py_DECREF(number);
    return 1;
}

static int opened(const Event *event, PyObject *arguments, Running *frame, PyObject *module) {
    if (PyTuple_GET_SIZE(arguments) != 3) {
        return 0;
    }
    PyObject *path = PyTuple_GET_ITEM(arguments, 0), *mode = PyTuple_GET_ITEM(arguments, 1);
    if (PyLong_CheckExact(path)) {
        return 1; /* a descriptor: whoever opened it was heard */
    }
    if (!is_whole_path(path)) {
        /* Below an open folder, which `os.open` does not tell. */
        return is_relative_path(path) && mode == Py_None && module != NULL
               && PySet_Contains(of_openers, module) == 1;
    }
    PyObject *how = mode == Py_None ? PyTuple_GET_ITEM(arguments, 2) : mode;
    if (!PyUnicode_CheckExact(how) && !PyLong_CheckExact(how)) {
        return 0;
    }
    PyObject *fixed = PyDict_GetItemWithError(event->fixed, how);
    if (fixed == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    return tell(event, frame, fixed, "path", path);
}

static int of_a_path(const Event *event, PyObject *arguments, Running *frame) {
    Py_ssize_t size = PyTuple_GET_SIZE(arguments);
    PyObject *path = size ? PyTuple_GET_ITEM(arguments, 0) : Py_None;
    if (is_whole_path(path)) {
        return tell(event, frame, event->fixed, "path", path);
    }
    if (size < 2 || !is_relative_path(path)) {
        return 0;
    }
    PyObject *folder = PyTuple_GET_ITEM(arguments, size - 1);
    int is_out_of_range = 0;
    return PyLong_CheckExact(folder) && PyLong_AsLongAndOverflow(folder, &is_out_of_range) >= 0
           && !is_out_of_range; /* below an open folder; who works so tells of the folder itself */
}

static int of_a_class(const Event *event, PyObject *arguments, Running *frame) {
    if (PyTuple_GET_SIZE(arguments) != 2 || !is_text(PyTuple_GET_ITEM(arguments, 0))
        || !is_text(PyTuple_GET_ITEM(arguments, 1))) {
        return 0;
    }
    PyObject *name = PyUnicode_FromFormat("%U.%U", PyTuple_GET_ITEM(arguments, 0),
                                          PyTuple_GET_ITEM(arguments, 1));
    int answer = name == NULL ? -1 : tell(event, frame, event->fixed, "subject", name);
    Py_XDECREF(name);
    return answer;
}

/* Describe an event and tell it: 1; 0: that is left to Python, nothing was done; -1: an error. */
int event_told(const Event *event, PyObject *arguments, Running *frame) {
    PyObject *module = module_of(frame);
    if (is_importing(module)) {
        return 1; /* what is imported is nobody's business */
    }
    switch (event->shape) {
    case OPENED:
        return opened(event, arguments, frame, module);
    case OF_A_PATH:
        return of_a_path(event, arguments, frame);
    case OF_A_CLASS:
        return of_a_class(event, arguments, frame);
    default:
        return 0;
    }
}
