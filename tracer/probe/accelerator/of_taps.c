#include "of_taps.h"

#include "codes.h"

static PyObject *new_tap(PyObject *module, PyObject *given) {
    PyObject *read, *local, *steps;
    int most_shown, most_runs;
    if (!PyArg_ParseTuple(given, "OiiOO!", &read, &most_shown, &most_runs, &local, &PyList_Type,
                          &steps)) {
        return NULL;
    }
    Tap *tap = tap_new(read, most_shown, most_runs);
    if (tap == NULL || (local != Py_None && expression_put(tap, local, steps) < 0)) {
        return NULL;
    }
    return tap_capsule(tap);
}

/* False: it is no scalar, and Python has to say it in words. */
static PyObject *add_reading(PyObject *module, PyObject *given) {
    PyObject *capsule, *value;
    if (!PyArg_ParseTuple(given, "OO", &capsule, &value)) {
        return NULL;
    }
    Tap *tap = tap_in(capsule);
    Key key;
    if (tap == NULL) {
        return NULL;
    }
    if (!key_of(value, &key)) {
        Py_RETURN_FALSE;
    }
    return tap_add(tap, value, key) < 0 ? NULL : Py_NewRef(Py_True);
}

static PyObject *add_said(PyObject *module, PyObject *given) {
    PyObject *capsule, *text, *kept;
    if (!PyArg_ParseTuple(given, "OO!O", &capsule, &PyUnicode_Type, &text, &kept)) {
        return NULL;
    }
    Tap *tap = tap_in(capsule);
    if (tap == NULL || tap_said(tap, text, kept) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *readings(PyObject *module, PyObject *given) {
    PyObject *capsule;
    int from_shown, from_run;
    if (!PyArg_ParseTuple(given, "Oii", &capsule, &from_shown, &from_run)) {
        return NULL;
    }
    Tap *tap = tap_in(capsule);
    return tap == NULL ? NULL : tap_told(tap, from_shown, from_run);
}

static PyObject *forget_readings(PyObject *module, PyObject *capsule) {
    Tap *tap = tap_in(capsule);
    if (tap == NULL) {
        return NULL;
    }
    tap_forget(tap);
    Py_RETURN_NONE;
}

static PyObject *put_taps(PyObject *module, PyObject *given) {
    PyObject *code, *local, *direct, *placed, *unwatched;
    int first_line, last_line, has_entry, has_leaving;
    if (!PyArg_ParseTuple(given, "O!OO!O!O!iipp", &PyCode_Type, &code, &local, &PyList_Type, &direct,
                          &PyList_Type, &placed, &PyList_Type, &unwatched, &first_line,
                          &last_line, &has_entry, &has_leaving)) {
        return NULL;
    }
    Function *function = function_of(code);
    if (function != NULL && function->taps == NULL) {
        function->taps = taps_of_code(code, direct, placed, unwatched, first_line, last_line,
                                       has_entry, has_leaving);
        if (function->taps == NULL) {
            return NULL;
        }
        function->local = Py_NewRef(local);
    }
    Py_RETURN_NONE;
}

static PyObject *take_begun(PyObject *module, PyObject *frame) {
    return PyFrame_Check(frame) ? taps_take(running_of((PyFrameObject *)frame)) : PyList_New(0);
}

PyMethodDef functions_of_taps[] = {
    {"new_tap", new_tap, METH_VARARGS, NULL},
    {"add_reading", add_reading, METH_VARARGS, NULL},
    {"add_said", add_said, METH_VARARGS, NULL},
    {"readings", readings, METH_VARARGS, NULL},
    {"forget_readings", forget_readings, METH_O, NULL},
    {"put_taps", put_taps, METH_VARARGS, NULL},
    {"take_begun", take_begun, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
