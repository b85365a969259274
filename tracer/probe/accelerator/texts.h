/* Texts that can be told as they are. */

#ifndef TRACER_TEXTS_H
#define TRACER_TEXTS_H

#include "frames.h"

#define MOST_TEXT 1000 /* characters; as in `naming.py` */

static inline bool is_text(PyObject *value) {
    return PyUnicode_CheckExact(value) && PyUnicode_IS_READY(value)
           && PyUnicode_GET_LENGTH(value) > 0 && PyUnicode_GET_LENGTH(value) <= MOST_TEXT;
}

static inline bool is_relative_path(PyObject *value) {
    return is_text(value) && PyUnicode_READ_CHAR(value, 0) != '/';
}

/* A path of POSIX that holds as it is, and is no URL. */
static inline bool is_whole_path(PyObject *value) {
    if (!is_text(value) || PyUnicode_READ_CHAR(value, 0) != '/') {
        return false;
    }
    Py_ssize_t size = PyUnicode_GET_LENGTH(value);
    int kind = PyUnicode_KIND(value);
    const void *data = PyUnicode_DATA(value);
    for (Py_ssize_t i = 1; i + 1 < size; i++) {
        if (PyUnicode_READ(kind, data, i) == '/' && PyUnicode_READ(kind, data, i + 1) == '/'
            && PyUnicode_READ(kind, data, i - 1) == ':') {
            return false;
        }
    }
    return true;
}

/* What stands for a path where there is none: `<memory>`. */
static inline bool is_in_brackets(PyObject *value) {
    return is_text(value) && PyUnicode_READ_CHAR(value, 0) == '<';
}

/* The name of the module whose globals a frame has: borrowed; NULL: it has none. */
static inline PyObject *module_of(Running *frame) {
    PyObject *name = NULL;
    if (PyDict_CheckExact(frame->f_globals)) {
        name = PyDict_GetItemString(frame->f_globals, "__name__");
    }
    return name != NULL && PyUnicode_CheckExact(name) ? name : NULL;
}

#endif
