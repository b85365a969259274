/* Files that effects touch, and objects that stand for them. */

#ifndef TRACER_FILES_H
#define TRACER_FILES_H

#include "frames.h"

/* Answers of what may have to be left to Python. */
enum { IS_ERROR = -1, FOR_PYTHON = 0, DONE = 1 };

static inline PyObject *address_of(const void *object) {
    return PyLong_FromVoidPtr((void *)object);
}

/* As `object.__hash__`, by which Python knows an object. */
static inline PyObject *identity_of(const void *object) {
    size_t turned = (size_t)(uintptr_t)object;
    turned = (turned >> 4) | (turned << (8 * sizeof(size_t) - 4));
    Py_ssize_t hash = (Py_ssize_t)turned;
    return PyLong_FromSsize_t(hash == -1 ? -2 : hash);
}

static inline PyObject *item_at(PyObject *table, PyObject *key) {
    PyObject *found = key == NULL ? NULL : PyDict_GetItemWithError(table, key);
    Py_XDECREF(key);
    return found;
}

int file_name_in(PyObject *value, PyObject **found);
int file_name_of(PyObject *value, PyObject **name);
int file_path_of(PyObject *value, PyObject **path);
int file_keep_open(PyObject *object, PyObject *path, bool is_nameless);
int file_touched(PyObject *number, PyObject *path, PyObject *package, PyObject *keys);
PyObject *files_named_by(PyObject *number);

extern PyMethodDef functions_of_files[];

#endif
