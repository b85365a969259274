#include "readings.h"

#define LONGEST_TEXT 32 /* whose summary has all of it: two texts are then told apart by it */
#define NO_PLACE -1     /* of a value that is not shown */
#define FULL -2         /* in place of a place: the order is told no further */

Tap *tap_new(PyObject *read, int most_shown, int most_runs) {
    Tap *tap = PyMem_RawCalloc(1, sizeof(Tap));
    Shown *shown = PyMem_RawCalloc((size_t)most_shown, sizeof(Shown));
    Run *runs = PyMem_RawCalloc((size_t)most_runs, sizeof(Run));
    if (tap == NULL || shown == NULL || runs == NULL) {
        PyMem_RawFree(tap);
        PyMem_RawFree(shown);
        PyMem_RawFree(runs);
        PyErr_NoMemory();
        return NULL;
    }
    tap->read = Py_NewRef(read);
    tap->shown = shown;
    tap->most_shown = most_shown;
    tap->runs = runs;
    tap->most_runs = most_runs;
    tap->run_place = NO_PLACE;
    tap->are_others_numbers = true;
    return tap;
}

/* Whether a value is a scalar of an exact type, about which no code has a say. */
bool key_of(PyObject *value, Key *key) {
    if (PyLong_CheckExact(value)) {
        int is_too_large = 0;
        long long number = PyLong_AsLongLongAndOverflow(value, &is_too_large);
        *key = (Key){INTEGER, number};
        return !is_too_large && number != INT64_MIN;
    }
    if (PyFloat_CheckExact(value)) {
        double number = PyFloat_AS_DOUBLE(value);
        *key = (Key){FLOAT, 0};
        if (number != number) {
            key->bits = -1; /* all that are no number read the same */
        }
        else {
            memcpy(&key->bits, &number, sizeof number);
        }
        return true;
    }
    if (value == Py_None || PyBool_Check(value)) {
        *key = (Key){SINGLE, (int64_t)(intptr_t)value};
        return true;
    }
    if (PyUnicode_CheckExact(value) && PyUnicode_GET_LENGTH(value) <= LONGEST_TEXT) {
        *key = (Key){SHORT_TEXT, PyObject_Hash(value)};
        return true;
    }
    return false;
}

static inline bool is_at(Shown *shown, PyObject *value, Key key) {
    return shown->key.bits == key.bits && shown->key.kind == key.kind
           && (shown->compared == NULL || shown->compared == value
               || PyUnicode_Compare(shown->compared, value) == 0);
}

static int place_of(Tap *tap, PyObject *value, Key key) {
    if (tap->shown_size && is_at(&tap->shown[tap->last_place], value, key)) {
        return tap->last_place;
    }
    for (int place = 0; place < tap->shown_size; place++) {
        if (is_at(&tap->shown[place], value, key)) {
            return tap->last_place = place;
        }
    }
    return NO_PLACE;
}

/* -1, 0 or 1; of two exact numbers, so that no code of the target runs. */
static int is_less(PyObject *one, PyObject *other) {
    if (PyFloat_CheckExact(one) && PyFloat_CheckExact(other)) {
        return PyFloat_AS_DOUBLE(one) < PyFloat_AS_DOUBLE(other);
    }
    return PyObject_RichCompareBool(one, other, Py_LT);
}

static int add_other(Tap *tap, PyObject *kept, Key key) {
    tap->others++;
    bool is_number = key.kind == INTEGER || (key.kind == FLOAT && key.bits != -1);
    if (!is_number) {
        tap->are_others_numbers = false;
    }
    else if (tap->are_others_numbers) {
        int is_lower = tap->low == NULL ? 1 : is_less(kept, tap->low);
        int is_higher = tap->high == NULL ? 1 : is_less(tap->high, kept);
        if (is_lower < 0 || is_higher < 0) {
            return -1;
        }
        if (is_lower) {
            Py_XSETREF(tap->low, Py_NewRef(kept));
        }
        if (is_higher) {
            Py_XSETREF(tap->high, Py_NewRef(kept));
        }
    }
    return 0;
}

/* Tell the order: after what was read last. */
static inline void follow(Tap *tap, int place, PyObject *kept) {
    if (tap->run_place == FULL) {
        return;
    }
    if (tap->run_place == place && place >= 0 && tap->runs_size) {
        tap->runs[tap->runs_size - 1].times++;
    }
    else if (tap->runs_size < tap->most_runs) {
        tap->runs[tap->runs_size++] = (Run){Py_NewRef(kept), 1};
        tap->run_place = place;
    }
    else {
        tap->run_place = FULL;
    }
}

/* `compared` is what the key is of; `kept` stands for it. */
static int add(Tap *tap, PyObject *compared, Key key, PyObject *kept) {
    int place = place_of(tap, compared, key);
    if (place < 0 && tap->shown_size < tap->most_shown) {
        place = tap->shown_size++;
        bool is_text = key.kind == SHORT_TEXT || key.kind == SAID;
        tap->shown[place]
            = (Shown){key, is_text ? Py_NewRef(compared) : NULL, Py_NewRef(kept), 0};
    }
    if (place >= 0) {
        tap->shown[place].count++;
    }
    else if (add_other(tap, kept, key) < 0) {
        return -1;
    }
    follow(tap, place, kept);
    if (tap->last != kept) {
        PyObject *former = tap->last;
        tap->last = Py_NewRef(kept);
        Py_XDECREF(former);
    }
    return 0;
}

int tap_add(Tap *tap, PyObject *value, Key key) {
    return add(tap, value, key, value);
}

int tap_said(Tap *tap, PyObject *text, PyObject *kept) {
    return add(tap, text, (Key){SAID, PyObject_Hash(text)}, kept);
}

static PyObject *in_order(Tap *tap, int from_shown, int from_run) {
    PyObject *counts = PyList_New(tap->shown_size);
    PyObject *shown = PyList_New(Py_MAX(0, tap->shown_size - from_shown));
    PyObject *runs = PyList_New(Py_MAX(0, tap->runs_size - from_run));
    bool is_made = counts != NULL && shown != NULL && runs != NULL;
    for (int i = 0; is_made && i < tap->shown_size; i++) {
        PyObject *count = PyLong_FromLongLong(tap->shown[i].count);
        is_made = count != NULL;
        PyList_SET_ITEM(counts, i, count);
        if (i >= from_shown) {
            PyList_SET_ITEM(shown, i - from_shown, Py_NewRef(tap->shown[i].kept));
        }
    }
    for (int i = from_run; is_made && i < tap->runs_size; i++) {
        Run *run = &tap->runs[i];
        PyObject *pair = Py_BuildValue("(OL)", run->kept, (long long)run->times);
        is_made = pair != NULL;
        PyList_SET_ITEM(runs, i - from_run, pair);
    }
    if (!is_made) {
        Py_XDECREF(counts);
        Py_XDECREF(shown);
        Py_XDECREF(runs);
        return NULL;
    }
    PyObject *last = tap->last == NULL ? PyTuple_New(0) : PyTuple_Pack(1, tap->last);
    bool is_between = tap->are_others_numbers && tap->low != NULL && tap->high != NULL;
    PyObject *between = is_between ? PyTuple_Pack(2, tap->low, tap->high) : PyTuple_New(0);
    return Py_BuildValue("(NNLNNN)", counts, shown, (long long)tap->others, last, runs, between);
}

/* Counts of the values shown, those from a place on, how many others, in a tuple what was read
   last, runs from a place on, in a tuple the lowest and highest of the others. */
PyObject *tap_told(Tap *tap, int from_shown, int from_run) {
    int was_on = PyGC_Disable(); /* finalizers may read, and what is told has to be of one moment */
    PyObject *told = in_order(tap, Py_MAX(0, from_shown), Py_MAX(0, from_run));
    if (was_on) {
        PyGC_Enable();
    }
    return told;
}

/* This process is a fork: what was read is its parent's to tell. */
void tap_forget(Tap *tap) {
    for (int i = 0; i < tap->shown_size; i++) {
        Py_CLEAR(tap->shown[i].kept);
        Py_CLEAR(tap->shown[i].compared);
    }
    for (int i = 0; i < tap->runs_size; i++) {
        Py_CLEAR(tap->runs[i].kept);
    }
    Py_CLEAR(tap->low);
    Py_CLEAR(tap->high);
    Py_CLEAR(tap->last);
    tap->shown_size = tap->runs_size = tap->last_place = 0;
    tap->others = 0;
    tap->are_others_numbers = true;
    tap->run_place = NO_PLACE;
}
