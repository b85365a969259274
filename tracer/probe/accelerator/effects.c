#include "effects.h"

#include "stack.h"
#include "texts.h"

#define MOST_STEPS 64 /* of what stands between that is kept; a deeper one is described each time */
#define ROOM 4096     /* a power of two */
#define MOST_BETWEEN (ROOM / 2)

/* What stands between an effect and who caused it decides what is said of that. */
typedef struct {
    PyObject *code, *module; /* the name of its module; NULL: it has none */
} Outside;

typedef struct {
    size_t hash;
    int size;
    Outside *steps; /* NULL: nothing here */
    PyObject *through, *packages;
} Between;

static Between table[ROOM];
static int filled = 0;

/* What both sides hold: by the hash of a frame its effect; how often an effect happened, where that
   is more than once; those that did since that was written; what is to be written. */
static PyObject *numbers = NULL, *times = NULL, *again = NULL, *records = NULL;
static PyObject *describe = NULL, *known = NULL, *nothing = NULL, *zero = NULL, *nowhere = NULL;
static int longest_chain = 0;
static Py_ssize_t most_kinds = 0;
static long long last_number = 0, left_out = 0;
static bool is_stopped = true;

/* By the hash of a frame that lives the effect which began in it. */
PyObject *effect_numbers(void) {
    return numbers;
}

bool effects_are_heard(void) {
    return !is_stopped;
}

void effects_stop(void) {
    is_stopped = true;
}

/* Another log, in which nothing was told yet; numbers go on, since frames that live have theirs. */
void effects_forget(void) {
    if (known != NULL) {
        PyDict_Clear(known);
    }
    left_out = 0;
}

void cause_end(Cause *cause) {
    Py_CLEAR(cause->chain);
    Py_CLEAR(cause->outer);
    Py_CLEAR(cause->through);
}

static Between *between_at(size_t hash, const Outside *steps, int size) {
    size_t at = hash & (ROOM - 1);
    while (table[at].steps != NULL
           && (table[at].hash != hash || table[at].size != size
               || memcmp(table[at].steps, steps, (size_t)size * sizeof(Outside)) != 0)) {
        at = (at + 1) & (ROOM - 1);
    }
    return &table[at];
}

static void forget_between(void) {
    for (size_t i = 0; i < ROOM; i++) {
        Between gone = table[i];
        table[i] = (Between){0};
        for (int j = 0; j < gone.size; j++) {
            Py_DECREF(gone.steps[j].code);
            Py_XDECREF(gone.steps[j].module);
        }
        PyMem_RawFree(gone.steps);
        Py_XDECREF(gone.through);
        Py_XDECREF(gone.packages);
    }
    filled = 0;
}

/* The same in words, by Python: the outermost function of it, and the packages. */
static PyObject *in_words(PyObject *given, bool is_callee, int size) {
    PyThreadState *thread = PyThreadState_Get();
    PyObject *frame = NULL;
    if (given == NULL) {
        frame = (PyObject *)PyThreadState_GetFrame(thread);
    }
    else {
        frame = is_callee ? (PyObject *)PyFrame_GetBack((PyFrameObject *)given) : Py_NewRef(given);
    }
    if (frame == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "nothing runs");
        return NULL;
    }
    PyThreadState_EnterTracing(thread);
    PyObject *found = PyObject_CallFunction(describe, "Oi", frame, size);
    PyThreadState_LeaveTracing(thread);
    Py_DECREF(frame);
    if (found != NULL
        && (!PyTuple_CheckExact(found) || PyTuple_GET_SIZE(found) != 2
            || !PyFrozenSet_CheckExact(PyTuple_GET_ITEM(found, 1)))) {
        PyErr_SetString(PyExc_TypeError, "expected a name and packages");
        Py_CLEAR(found);
    }
    return found;
}

static int keep_between(size_t hash, const Outside *steps, int size, PyObject *found) {
    if (filled >= MOST_BETWEEN) {
        forget_between();
    }
    Between *slot = between_at(hash, steps, size);
    if (slot->steps != NULL) {
        return 0;
    }
    Outside *kept = PyMem_RawMalloc((size_t)size * sizeof(Outside));
    if (kept == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(kept, steps, (size_t)size * sizeof(Outside));
    for (int i = 0; i < size; i++) { /* an address is a code's for as long as that is alive */
        Py_INCREF(kept[i].code);
        Py_XINCREF(kept[i].module);
    }
    *slot = (Between){hash, size, kept, Py_NewRef(PyTuple_GET_ITEM(found, 0)),
                      Py_NewRef(PyTuple_GET_ITEM(found, 1))};
    filled++;
    return 0;
}

static bool is_all_of(PyObject *packages, PyObject *package) {
    Py_ssize_t size = PySet_GET_SIZE(packages);
    return size == 0 || (size == 1 && PySet_Contains(packages, package) == 1);
}

static int say_between(PyObject *frame, bool is_callee, const Outside *steps, int size,
                       size_t hash, PyObject *package, Cause *cause) {
    if (size == 0) {
        cause->through = Py_NewRef(nothing);
        cause->is_own = true;
        return 0;
    }
    bool is_kept = size <= MOST_STEPS;
    Between *slot = is_kept ? between_at(hash, steps, size) : NULL;
    if (slot != NULL && slot->steps != NULL) {
        cause->through = Py_NewRef(slot->through);
        cause->is_own = is_all_of(slot->packages, package);
        return 0;
    }
    PyObject *found = in_words(frame, is_callee, size);
    if (found == NULL || (is_kept && keep_between(hash, steps, size, found) < 0)) {
        Py_XDECREF(found);
        return -1;
    }
    cause->through = Py_NewRef(PyTuple_GET_ITEM(found, 0));
    cause->is_own = is_all_of(PyTuple_GET_ITEM(found, 1), package);
    Py_DECREF(found);
    return 0;
}

/* The effect that began in a frame which is alive; NULL: none. */
static PyObject *number_of(Running *frame) {
    PyObject *hash = PyLong_FromSsize_t(PyObject_Hash((PyObject *)frame->frame_obj));
    PyObject *number = hash == NULL ? NULL : PyDict_GetItem(numbers, hash);
    Py_XDECREF(hash);
    return number != NULL && PyLong_AsLongLong(number) > 0 ? number : NULL;
}

/* Who caused an effect of a package that happens in a frame; its object, or that of the frame that it
   called, is needed where it is not the one that runs in this thread. */
int cause_of(Running *frame, PyObject *object, bool is_callee, PyObject *package, Cause *cause) {
    Outside steps[MOST_STEPS];
    size_t hash = 5381;
    int size = 0;
    PyObject *outer = NULL;
    *cause = (Cause){0};
    for (; frame != NULL; frame = caller_of(frame)) {
        PyObject *code = code_of(frame);
        void *decision = decided(code);
        if (function_in(decision) != NULL) {
            break;
        }
        if (size < MOST_STEPS) {
            steps[size] = (Outside){code, module_of(frame)};
            hash = (hash * 33) ^ ((uintptr_t)code >> 4) ^ ((uintptr_t)steps[size].module << 7);
        }
        size++;
        if (outer == NULL && decision == TAPPED && frame->frame_obj != NULL) {
            outer = number_of(frame);
        }
    }
    cause->outer = Py_NewRef(outer == NULL ? zero : outer);
    cause->chain = chain_of(frame, longest_chain);
    if (cause->chain == NULL) {
        cause_end(cause);
        return -1;
    }
    if (frame == NULL) {
        cause->through = Py_NewRef(nothing);
        return 0;
    }
    if (say_between(object, is_callee, steps, size, hash ^ (hash >> 15), package, cause) < 0) {
        cause_end(cause);
        return -1;
    }
    return 0;
}

static PyObject *place_of(PyObject *chain) {
    return PyTuple_GET_SIZE(chain) ? PyTuple_GET_ITEM(chain, 0) : nowhere;
}

static int happened_again(PyObject *number) {
    PyObject *before = PyDict_GetItemWithError(times, number);
    if (before == NULL && PyErr_Occurred()) {
        return -1;
    }
    PyObject *now = PyLong_FromLongLong(before == NULL ? 2 : PyLong_AsLongLong(before) + 1);
    int failed = now == NULL || PyDict_SetItem(times, number, now) < 0
                 || PySet_Add(again, number) < 0;
    Py_XDECREF(now);
    return failed ? -1 : 0;
}

static PyObject *told_first(const Cause *cause, PyObject *fixed, PyObject *varying, PyObject *key) {
    if (PyDict_GET_SIZE(known) >= most_kinds) {
        left_out++;
        return Py_NewRef(cause->outer);
    }
    PyObject *number = PyLong_FromLongLong(++last_number);
    if (number == NULL) {
        return NULL;
    }
    PyObject *record
        = PyTuple_Pack(6, cause->chain, number, cause->outer, cause->through, fixed, varying);
    if (record == NULL || PyDict_SetItem(known, key, number) < 0
        || PyList_Append(records, record) < 0) {
        Py_CLEAR(number);
    }
    Py_XDECREF(record);
    return number;
}

/* Tell it, or count it where the same was told before; answers its number. */
PyObject *effect_told(const Cause *cause, PyObject *fixed, PyObject *varying) {
    PyObject *key = PyTuple_Pack(5, place_of(cause->chain), cause->outer, cause->through, fixed,
                                 varying);
    if (key == NULL) {
        return NULL;
    }
    PyObject *number = PyDict_GetItemWithError(known, key);
    if (number != NULL) {
        Py_INCREF(number);
        if (happened_again(number) < 0) {
            Py_CLEAR(number);
        }
    }
    else if (!PyErr_Occurred()) {
        number = told_first(cause, fixed, varying, key);
    }
    Py_DECREF(key);
    return number;
}

/* -- for Python -------------------------------------------------------------------------------- */

static PyObject *tell_of_effects(PyObject *module, PyObject *given) {
    PyObject *wanted[5];
    if (!PyArg_ParseTuple(given, "O!O!O!O!Oin", &PyDict_Type, &wanted[0], &PyDict_Type, &wanted[1],
                          &PySet_Type, &wanted[2], &PyList_Type, &wanted[3], &wanted[4],
                          &longest_chain, &most_kinds)) {
        return NULL;
    }
    PyObject **kept[5] = {&numbers, &times, &again, &records, &describe};
    for (int i = 0; i < 5; i++) {
        Py_XSETREF(*kept[i], Py_NewRef(wanted[i]));
    }
    Py_XSETREF(known, PyDict_New());
    Py_XSETREF(nothing, PyUnicode_FromString(""));
    Py_XSETREF(zero, PyLong_FromLong(0));
    Py_XSETREF(nowhere, Py_BuildValue("(ii)", 0, 0));
    if (known == NULL || nothing == NULL || zero == NULL || nowhere == NULL) {
        return NULL;
    }
    is_stopped = false;
    Py_RETURN_NONE;
}

/* Place, number of the effect around, outside function, whether it is the package's own, chain. */
static PyObject *cause(PyObject *module, PyObject *const *given, Py_ssize_t size) {
    Cause found;
    bool is_nobody = size == 2 && given[0] == Py_None;
    if (size != 2 || !(is_nobody || PyFrame_Check(given[0])) || !PyUnicode_CheckExact(given[1])) {
        PyErr_SetString(PyExc_TypeError, "expected a frame and the name of a package");
        return NULL;
    }
    Running *frame = is_nobody ? NULL : running_of((PyFrameObject *)given[0]);
    if (cause_of(frame, given[0], false, given[1], &found) < 0) {
        return NULL;
    }
    return Py_BuildValue("(ONNON)", place_of(found.chain), found.outer, found.through,
                         found.is_own ? Py_True : Py_False, found.chain);
}

static PyObject *told(PyObject *module, PyObject *const *given, Py_ssize_t size) {
    if (size != 3 || !PyTuple_CheckExact(given[0]) || PyTuple_GET_SIZE(given[0]) != 5) {
        PyErr_SetString(PyExc_TypeError, "expected a cause, and what is told");
        return NULL;
    }
    if (is_stopped) {
        return Py_NewRef(PyTuple_GET_ITEM(given[0], 1));
    }
    PyObject **parts = &PyTuple_GET_ITEM(given[0], 0);
    Cause of = {parts[4], parts[1], parts[2], parts[3] == Py_True};
    return effect_told(&of, given[1], given[2]);
}

/* How many effects came after those that are kept, since this was asked last. */
static PyObject *effects_left_out(PyObject *module, PyObject *unused) {
    long long since = left_out;
    left_out = 0;
    return PyLong_FromLongLong(since);
}

#define FAST(name, function) {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL, NULL}

PyMethodDef functions_of_effects[] = {
    {"tell_of_effects", tell_of_effects, METH_VARARGS, NULL},
    FAST("cause", cause),
    FAST("told", told),
    {"effects_left_out", effects_left_out, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
