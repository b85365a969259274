#include "expressions.h"

#include <internal/pycore_code.h>
#include <internal/pycore_dict.h>

enum { ATTRIBUTE, ITEM, LENGTH };

static int kind_of_step(const char *name) {
    return strcmp(name, "attr") == 0 ? ATTRIBUTE : strcmp(name, "item") == 0 ? ITEM : LENGTH;
}

/* Steps are pairs, as the parent makes them; Python has looked that all are of these kinds. */
int expression_put(Tap *tap, PyObject *local, PyObject *steps) {
    Py_ssize_t size = PyList_GET_SIZE(steps);
    Step *found = PyMem_RawCalloc((size_t)size + 1, sizeof(Step));
    if (found == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        const char *name;
        PyObject *argument;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(steps, i), "sO", &name, &argument)) {
            PyMem_RawFree(found);
            return -1;
        }
        found[i] = (Step){kind_of_step(name), Py_NewRef(argument)};
        if (found[i].kind == ATTRIBUTE) { /* as names in code are, so that look-ups compare less */
            PyUnicode_InternInPlace(&found[i].argument);
        }
    }
    tap->steps = found;
    tap->step_count = (int)size;
    tap->local = Py_NewRef(local);
    PyUnicode_InternInPlace(&tap->local);
    return 0;
}

/* Where a function keeps a local that is in no cell. */
int slot_of(PyObject *given, PyObject *name) {
    PyCodeObject *code = (PyCodeObject *)given;
    if (name == NULL || !(code->co_flags & CO_OPTIMIZED)) {
        return OF_PYTHON;
    }
    int slot = OF_MODULE;
    for (int i = 0; i < code->co_nlocalsplus; i++) {
        if (PyUnicode_Compare(PyTuple_GET_ITEM(code->co_localsplusnames, i), name) == 0) {
            bool is_plain = _PyLocals_GetKind(code->co_localspluskinds, i) == CO_FAST_LOCAL;
            slot = is_plain && slot == OF_MODULE ? i : OF_PYTHON;
        }
    }
    return slot;
}

/* All of these answer NULL where Python has to look. */

/* A borrowed value of a dict all of whose keys are texts: others may have a say in comparisons. */
static PyObject *of_dict(PyObject *names, PyObject *key) {
    bool is_plain = ((PyDictObject *)names)->ma_keys->dk_kind != DICT_KEYS_GENERAL;
    return is_plain && PyUnicode_CheckExact(key) ? PyDict_GetItemWithError(names, key) : NULL;
}

static PyObject *attribute(PyObject *value, PyObject *name) {
    PyTypeObject *type = Py_TYPE(value);
    if (type == &PyModule_Type) {
        return Py_XNewRef(of_dict(PyModule_GetDict(value), name));
    }
    if (type->tp_getattro != PyObject_GenericGetAttr) {
        return NULL;
    }
    PyObject *of_class = _PyType_Lookup(type, name);
    if (of_class != NULL && Py_TYPE(of_class) != &PyMemberDescr_Type
        && (Py_TYPE(of_class)->tp_descr_get != NULL || Py_TYPE(of_class)->tp_descr_set != NULL)) {
        return NULL;
    }
    return PyObject_GenericGetAttr(value, name);
}

static PyObject *item(PyObject *value, PyObject *key) {
    if (PyDict_CheckExact(value)) {
        return Py_XNewRef(of_dict(value, key));
    }
    bool is_list = PyList_CheckExact(value);
    if (!PyLong_CheckExact(key) || !(is_list || PyTuple_CheckExact(value))) {
        return NULL;
    }
    Py_ssize_t at = PyLong_AsSsize_t(key), size = Py_SIZE(value);
    if (at == -1 && PyErr_Occurred()) {
        return NULL;
    }
    at += at < 0 ? size : 0;
    if (at < 0 || at >= size) {
        return NULL;
    }
    return Py_NewRef(is_list ? PyList_GET_ITEM(value, at) : PyTuple_GET_ITEM(value, at));
}

static PyObject *length(PyObject *value) {
    if (PyDict_CheckExact(value)) {
        return PyLong_FromSsize_t(PyDict_GET_SIZE(value));
    }
    if (PyAnySet_CheckExact(value)) {
        return PyLong_FromSsize_t(PySet_GET_SIZE(value));
    }
    if (PyUnicode_CheckExact(value)) {
        return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(value));
    }
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value) || PyBytes_CheckExact(value)
        || PyByteArray_CheckExact(value)) {
        return PyLong_FromSsize_t(Py_SIZE(value));
    }
    return NULL;
}

/* A new reference; NULL, without an exception, where Python has to look. Nothing that a signal
   raised is hidden: that is left to be heard. */
PyObject *read_in_c(Tap *tap, Running *frame, int slot) {
    PyObject *value = NULL;
    if (slot >= 0) {
        value = frame->localsplus[slot];
    }
    else if (slot == OF_MODULE && PyDict_CheckExact(frame->f_globals)) {
        value = of_dict(frame->f_globals, tap->local);
    }
    if (value == NULL) {
        return NULL;
    }
    Py_INCREF(value);
    for (int i = 0; value != NULL && i < tap->step_count; i++) {
        const Step *step = &tap->steps[i];
        PyObject *next = step->kind == ATTRIBUTE ? attribute(value, step->argument)
                         : step->kind == ITEM    ? item(value, step->argument)
                                                 : length(value);
        Py_DECREF(value);
        value = next;
    }
    if (value == NULL && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_Exception)) {
        PyErr_Clear();
    }
    return value;
}
