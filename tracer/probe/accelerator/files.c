#include "files.h"

#include "texts.h"

#define MOST_OPEN 10000 /* as in `effects.py` */

/* What both sides hold: by number the path, and the package and names in there; by the identity of
   an object its type's, the path it stands for, and whether it has no name of its own. */
static PyObject *paths = NULL, *named = NULL, *open_files = NULL;
/* By the address of a class, which lives on: the field that holds the name, or the slot; in a tuple
   the path of all its objects. */
static PyObject *fields = NULL;

/* What an object holds in the field that has its name: borrowed; NULL: nothing. */
int file_name_in(PyObject *value, PyObject **found) {
    *found = NULL;
    PyObject *field = fields == NULL ? NULL : item_at(fields, address_of(Py_TYPE(value)));
    if (field == NULL) {
        return PyErr_Occurred() ? IS_ERROR : FOR_PYTHON;
    }
    if (PyTuple_CheckExact(field)) {
        *found = PyTuple_GET_ITEM(field, 0);
        return DONE;
    }
    if (!PyUnicode_CheckExact(field)) { /* a slot */
        PyObject *held = Py_TYPE(field)->tp_descr_get(field, value, (PyObject *)Py_TYPE(value));
        if (held == NULL && !PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return IS_ERROR;
        }
        if (held == NULL) { /* it is empty: a path is put there when it is asked for first */
            PyErr_Clear();
            return FOR_PYTHON;
        }
        *found = held;
        Py_DECREF(held); /* the slot holds it, and nothing runs in between */
        return DONE;
    }
    PyObject *names = PyObject_GenericGetDict(value, NULL);
    if (names == NULL) {
        return IS_ERROR;
    }
    *found = PyDict_Check(names) ? PyDict_GetItemWithError(names, field) : NULL;
    Py_DECREF(names);
    return *found == NULL && PyErr_Occurred() ? IS_ERROR : DONE;
}

/* The same as a name: NULL where it has none; what is no plain text, Python looks at. */
int file_name_of(PyObject *value, PyObject **name) {
    int answer = file_name_in(value, name);
    if (answer != DONE || *name == NULL) {
        return answer;
    }
    if (*name == Py_None || PyLong_CheckExact(*name)) {
        *name = NULL;
        return DONE;
    }
    return is_whole_path(*name) || is_in_brackets(*name) ? DONE : FOR_PYTHON;
}

/* The path that a value names or stands for: borrowed. */
int file_path_of(PyObject *value, PyObject **path) {
    *path = NULL;
    if (PyUnicode_CheckExact(value)) {
        *path = value;
        return is_whole_path(value) ? DONE : FOR_PYTHON;
    }
    PyObject *kept = item_at(open_files, identity_of(value));
    if (kept == NULL && PyErr_Occurred()) {
        return IS_ERROR;
    }
    PyObject *kind = kept == NULL ? NULL : identity_of(Py_TYPE(value));
    bool is_open = kind != NULL && PyObject_RichCompareBool(PyTuple_GET_ITEM(kept, 0), kind, Py_EQ);
    Py_XDECREF(kind);
    if (!is_open || PyTuple_GET_ITEM(kept, 2) != Py_True) {
        int answer = file_name_of(value, path);
        if (answer != DONE || *path != NULL) {
            return answer;
        }
    }
    if (is_open) {
        *path = PyTuple_GET_ITEM(kept, 1);
    }
    return is_open && PyUnicode_GET_LENGTH(*path) ? DONE : FOR_PYTHON;
}

/* An object stands for a file. */
int file_keep_open(PyObject *object, PyObject *path, bool is_nameless) {
    if (PyDict_GET_SIZE(open_files) > MOST_OPEN) {
        PyDict_Clear(open_files);
    }
    PyObject *identity = identity_of(object), *kind = identity_of(Py_TYPE(object));
    PyObject *kept = kind == NULL ? NULL : PyTuple_Pack(3, kind, path, is_nameless ? Py_True : Py_False);
    int failed = identity == NULL || kept == NULL || PyDict_SetItem(open_files, identity, kept) < 0;
    Py_XDECREF(identity);
    Py_XDECREF(kind);
    Py_XDECREF(kept);
    return failed ? IS_ERROR : DONE;
}

static int put(PyObject *table, PyObject *number, PyObject *value) {
    int failed = value == NULL || PyDict_SetItem(table, number, value) < 0;
    Py_XDECREF(value);
    return failed ? IS_ERROR : DONE;
}

/* An effect touches a path, and names what is in there; NULL: nothing. */
int file_touched(PyObject *number, PyObject *path, PyObject *package, PyObject *keys) {
    int answer = put(paths, number, Py_NewRef(path));
    if (answer == DONE && keys != NULL) {
        answer = put(named, number, PyTuple_Pack(2, package, keys));
    }
    return answer;
}

/* The package and the names in there of an effect: borrowed; NULL: it names nothing. */
PyObject *files_named_by(PyObject *number) {
    return PyDict_GetItemWithError(named, number);
}

/* -- for Python -------------------------------------------------------------------------------- */

static PyObject *open_tables(PyObject *module, PyObject *given) {
    PyObject *wanted[3];
    if (!PyArg_ParseTuple(given, "O!O!O!", &PyDict_Type, &wanted[0], &PyDict_Type, &wanted[1],
                          &PyDict_Type, &wanted[2])) {
        return NULL;
    }
    PyObject **kept[3] = {&paths, &named, &open_files};
    for (int i = 0; i < 3; i++) {
        Py_XSETREF(*kept[i], Py_NewRef(wanted[i]));
    }
    Py_RETURN_NONE;
}

/* Objects of this very class hold their name in a field, or in a slot: its descriptor; or all have
   the one in a tuple. */
static PyObject *names_in(PyObject *module, PyObject *given) {
    PyObject *kind, *field;
    if (!PyArg_ParseTuple(given, "O!O", &PyType_Type, &kind, &field)) {
        return NULL;
    }
    if (fields == NULL && (fields = PyDict_New()) == NULL) {
        return NULL;
    }
    bool is_text_of_all = PyTuple_CheckExact(field) && PyTuple_GET_SIZE(field) == 1;
    if (!is_text_of_all && !PyUnicode_CheckExact(field) && Py_TYPE(field)->tp_descr_get == NULL) {
        PyErr_SetString(PyExc_TypeError, "expected the name of a field, a slot, or a tuple");
        return NULL;
    }
    return put(fields, address_of(Py_NewRef(kind)), Py_NewRef(field)) < 0 ? NULL
                                                                          : Py_NewRef(Py_None);
}

PyMethodDef functions_of_files[] = {
    {"open_tables", open_tables, METH_VARARGS, NULL},
    {"names_in", names_in, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
