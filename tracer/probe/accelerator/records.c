#include "records.h"

typedef struct {
    char *text;
    size_t size, room;
    bool is_broken;
} Lines;

static void put(Lines *lines, const char *text, size_t size) {
    if (lines->size + size > lines->room) {
        size_t room = 2 * lines->room + size + 4096;
        char *moved = lines->is_broken ? NULL : PyMem_Realloc(lines->text, room);
        if (moved == NULL) {
            lines->is_broken = true;
            return;
        }
        lines->text = moved;
        lines->room = room;
    }
    memcpy(lines->text + lines->size, text, size);
    lines->size += size;
}

static void put_words(Lines *lines, const char *words) {
    put(lines, words, strlen(words));
}

static void put_unit(Lines *lines, unsigned unit) {
    char text[8];
    put(lines, text, (size_t)PyOS_snprintf(text, sizeof text, "\\u%04x", unit));
}

#define SHORT "\"\\\n\r\t\f\b" /* what has an escape of one letter */
#define LETTERS "\"\\nrtfb"

static inline bool is_plain(Py_UCS4 c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* A JSON string in ASCII, as `json` writes it; lone surrogates stay escaped. */
static void put_string(Lines *lines, PyObject *value) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(value);
    int kind = PyUnicode_KIND(value);
    const void *data = PyUnicode_DATA(value);
    put(lines, "\"", 1);
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_ssize_t from = i;
        while (i < size && is_plain(PyUnicode_READ(kind, data, i))) {
            i++;
        }
        if (kind == PyUnicode_1BYTE_KIND) {
            put(lines, (const char *)data + from, (size_t)(i - from));
        }
        else {
            for (; from < i; from++) {
                char c = (char)PyUnicode_READ(kind, data, from);
                put(lines, &c, 1);
            }
        }
        if (i == size) {
            break;
        }
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        const char *at = c ? strchr(SHORT, (int)(c < 0x80 ? c : 0x7f)) : NULL;
        if (at != NULL) {
            char text[2] = {'\\', LETTERS[at - SHORT]};
            put(lines, text, 2);
        }
        else if (c < 0x10000) {
            put_unit(lines, c);
        }
        else {
            put_unit(lines, 0xd800 + ((c - 0x10000) >> 10));
            put_unit(lines, 0xdc00 + ((c - 0x10000) & 0x3ff));
        }
    }
    put(lines, "\"", 1);
}

static void put_number(Lines *lines, PyObject *number) {
    char text[24];
    put(lines, text,
        (size_t)PyOS_snprintf(text, sizeof text, "%lld", PyLong_AsLongLong(number)));
}

/* A text, or a tuple of texts. */
static int put_value(Lines *lines, PyObject *value) {
    if (PyUnicode_CheckExact(value)) {
        put_string(lines, value);
        return 0;
    }
    if (!PyTuple_CheckExact(value)) {
        PyErr_SetString(PyExc_TypeError, "expected a text, or texts");
        return -1;
    }
    put(lines, "[", 1);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); i++) {
        if (!PyUnicode_CheckExact(PyTuple_GET_ITEM(value, i))) {
            PyErr_SetString(PyExc_TypeError, "expected texts");
            return -1;
        }
        if (i) {
            put(lines, ",", 1);
        }
        put_string(lines, PyTuple_GET_ITEM(value, i));
    }
    put(lines, "]", 1);
    return 0;
}

static int put_ascii(Lines *lines, PyObject *text) {
    Py_ssize_t size;
    const char *ascii = PyUnicode_AsUTF8AndSize(text, &size);
    if (ascii == NULL) {
        return -1;
    }
    put(lines, ascii, (size_t)size);
    return 0;
}

/* Its chain in words, number, the effect around it, through what, what is fixed, and what varies. */
static int put_record(Lines *lines, PyObject *record, PyObject *chain) {
    PyObject **parts = &PyTuple_GET_ITEM(record, 0);
    PyObject *fixed = PyObject_GetAttrString(parts[4], "text"), *varying = parts[5];
    put_words(lines, "{\"t\":\"effect\",\"chain\":");
    int failed = fixed == NULL || put_ascii(lines, chain) < 0;
    put_words(lines, ",\"n\":");
    put_number(lines, parts[1]);
    put(lines, ",", 1);
    failed = failed || put_ascii(lines, fixed) < 0;
    Py_XDECREF(fixed);
    for (Py_ssize_t i = 0; !failed && i + 1 < PyTuple_GET_SIZE(varying); i += 2) {
        put(lines, ",", 1);
        put_string(lines, PyTuple_GET_ITEM(varying, i));
        put(lines, ":", 1);
        failed = put_value(lines, PyTuple_GET_ITEM(varying, i + 1)) < 0;
    }
    if (!failed && PyLong_AsLongLong(parts[2]) != 0) {
        put_words(lines, ",\"within\":");
        put_number(lines, parts[2]);
    }
    if (!failed && PyUnicode_GET_LENGTH(parts[3])) {
        put_words(lines, ",\"through\":");
        put_string(lines, parts[3]);
    }
    put(lines, "}\n", 2);
    return failed ? -1 : 0;
}

/* The first records of a list as lines; chains come as text from a table, or else a function. */
static PyObject *effect_lines(PyObject *module, PyObject *given) {
    PyObject *records, *chains, *in_words, *found = NULL;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(given, "O!nO!O", &PyList_Type, &records, &size, &PyDict_Type, &chains,
                          &in_words)) {
        return NULL;
    }
    Lines lines = {NULL, 0, 0, false};
    int failed = 0;
    for (Py_ssize_t i = 0; !failed && i < size && i < PyList_GET_SIZE(records); i++) {
        PyObject *record = Py_NewRef(PyList_GET_ITEM(records, i));
        failed = !PyTuple_CheckExact(record) || PyTuple_GET_SIZE(record) != 6;
        PyObject *chain = failed ? NULL : PyTuple_GET_ITEM(record, 0);
        PyObject *text = failed ? NULL : Py_XNewRef(PyDict_GetItemWithError(chains, chain));
        if (text == NULL && !failed && !PyErr_Occurred()) {
            text = PyObject_CallOneArg(in_words, chain);
        }
        failed = text == NULL || put_record(&lines, record, text) < 0;
        Py_XDECREF(text);
        Py_DECREF(record);
    }
    if (lines.is_broken) {
        PyErr_NoMemory();
    }
    else if (!failed) {
        found = PyUnicode_DecodeASCII(lines.text ? lines.text : "", (Py_ssize_t)lines.size, NULL);
    }
    else if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_TypeError, "expected records of effects");
    }
    PyMem_Free(lines.text);
    return found;
}

PyMethodDef functions_of_records[] = {
    {"effect_lines", effect_lines, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
