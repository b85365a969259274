/* Callbacks of `sys.monitoring` that answer for themselves what Python has seen before. */

#include "monitoring.h"

#include "calls.h"
#include "entries.h"

enum { START, RESUME, THROW, RETURN, YIELD, UNWIND, RAISE, LINE, SITE, WATCHED, EVENTS };

static const char *const event_names[EVENTS]
    = {"PY_START", "PY_RESUME", "PY_THROW", "PY_RETURN", "PY_YIELD", "PY_UNWIND", "RAISE",
       "LINE",     "CALL",      "watched"};
static PyObject *hooks[EVENTS]; /* what Python does; NULL: nothing */
static PyObject *disable = NULL;
static int most_sightings = 0; /* of one call site, until it is asked no more what it calls */
static bool is_stopped = false;

PyObject *monitoring_hooks(PyObject *callbacks, PyObject *disabling, int sightings) {
    for (int i = 0; i < EVENTS; i++) {
        Py_XSETREF(hooks[i], Py_XNewRef(PyDict_GetItemString(callbacks, event_names[i])));
    }
    Py_XSETREF(disable, Py_NewRef(disabling));
    most_sightings = sightings;
    is_stopped = false;
    Py_RETURN_NONE;
}

void monitoring_stop(void) {
    is_stopped = true;
}

/* Leave it to Python. The last frame below the recursion limit has no room for that. */
static PyObject *asked(int event, PyObject *const *given, size_t size) {
    if (hooks[event] == NULL) {
        Py_RETURN_NONE;
    }
    PyObject *hook = Py_NewRef(hooks[event]);
    PyObject *answer = PyObject_Vectorcall(hook, given, size, NULL);
    Py_DECREF(hook);
    if (answer == NULL && PyErr_ExceptionMatches(PyExc_RecursionError)) {
        PyErr_Clear();
        hooks_lost++;
        Py_RETURN_NONE;
    }
    return answer;
}

/* The same for a call that begins or goes on, with its frame: `sys._getframe` is audited. */
static PyObject *asked_of_frame(int event, PyObject *const *given) {
    PyObject *frame = (PyObject *)PyThreadState_GetFrame(PyThreadState_Get());
    if (frame == NULL) {
        return asked(event, given, 2);
    }
    PyObject *more[3] = {given[0], given[1], frame};
    PyObject *answer = asked(event, more, 3);
    Py_DECREF(frame);
    return answer;
}

/* Whether a call of a function outside from inside was counted: Python has seen it before. */
static bool is_counted_outside(PyObject *code, Running *back) {
    Edge *edge = find_edge(code, code_of(back), offset_of(back), CALLED_OUTSIDE);
    if (edge == NULL) {
        return false;
    }
    count_edge(edge);
    return true;
}

/* A function begins of which nothing but its effects is looked at. */
static PyObject *entered(Entry *entry) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());
    int answer = frame == NULL ? 1 : entry_told(entry, frame);
    if (answer < 0) {
        PyErr_Clear();
        hooks_lost++;
    }
    PyObject *given[2] = {(PyObject *)frame, entry_reader(entry)};
    PyObject *done = answer ? Py_NewRef(Py_None) : asked(WATCHED, given, 2);
    Py_XDECREF(frame);
    return done;
}

/* The frame that an event is about; NULL where it is another one than we think. */
static inline Running *frame_of(PyObject *code) {
    Running *frame = running();
    return frame != NULL && code_of(frame) == code ? frame : NULL;
}

static bool is_counted(Function *function, PyObject *code, int kind) {
    bool is_ours = function->is_native || function->taps != NULL;
    Running *frame = !is_stopped && is_ours ? frame_of(code) : NULL;
    if (frame != NULL && function->taps != NULL && kind == CALLED
        && !taps_start(function->taps, frame)) {
        return false;
    }
    return frame != NULL && count_call(function, frame, kind);
}

#define CALLBACK(name) \
    static PyObject *name(PyObject *self, PyObject *const *given, size_t flags, PyObject *names)

CALLBACK(on_start) {
    void *decision = decided(given[0]);
    Function *function = function_in(decision);
    if (function != NULL) {
        if (is_counted(function, given[0], CALLED)) {
            Py_RETURN_NONE;
        }
    }
    else {
        Running *frame = frame_of(given[0]);
        Running *back = frame == NULL ? NULL : caller_of(frame);
        void *around = back == NULL ? UNKNOWN : decided(code_of(back));
        bool is_between = around != UNKNOWN && function_in(around) == NULL;
        if (decision == TAPPED && around != UNKNOWN && !is_stopped) {
            Entry *entry = entry_of(given[0]);
            bool is_alone = entry != NULL && entry_reader(entry) != NULL;
            if (is_alone && (function_in(around) == NULL || is_counted_outside(given[0], back))) {
                return entered(entry);
            }
        }
        if (is_between && is_open(decision) && is_quiet(frame)) {
            decision = decide(given[0], OUTSIDE) == 0 ? OUTSIDE : decision;
        }
        if (is_between && decision == OUTSIDE) {
            return Py_NewRef(disable);
        }
    }
    return asked_of_frame(START, given);
}

CALLBACK(on_resume) {
    Function *function = function_of(given[0]);
    if (function != NULL && is_counted(function, given[0], RESUMED)) {
        Py_RETURN_NONE;
    }
    return asked_of_frame(RESUME, given);
}

CALLBACK(on_throw) {
    if (function_of(given[0]) == NULL) {
        Py_RETURN_NONE;
    }
    return asked(THROW, given, 3);
}

/* A call ends or yields. */
static inline PyObject *ended(int event, PyObject *const *given) {
    Function *function = function_of(given[0]);
    if (function != NULL) {
        Running *frame = live_nodes ? frame_of(given[0]) : NULL;
        if (frame != NULL && tree_end(frame, NULL) < 0) {
            PyErr_Clear();
        }
        if (function->is_native) {
            if (!tree_is_open && !live_nodes) { /* there is nothing to end any more */
                return Py_NewRef(disable);
            }
            Py_RETURN_NONE;
        }
        if (function->taps != NULL && !is_stopped) {
            frame = frame != NULL ? frame : frame_of(given[0]);
            if (frame != NULL && (event == YIELD || taps_return(function->taps, frame))) {
                Py_RETURN_NONE;
            }
        }
    }
    return asked(event, given, 3);
}

CALLBACK(on_return) {
    return ended(RETURN, given);
}

CALLBACK(on_yield) {
    return ended(YIELD, given);
}

CALLBACK(on_unwind) {
    void *decision = decided(given[0]);
    if (is_open(decision) || decision == OUTSIDE) {
        Py_RETURN_NONE;
    }
    Function *function = function_in(decision);
    if (function != NULL) {
        Running *frame = live_nodes ? frame_of(given[0]) : NULL;
        if (frame != NULL && tree_end(frame, (PyObject *)Py_TYPE(given[2])) < 0) {
            PyErr_Clear();
        }
        if (function->is_native) {
            Py_RETURN_NONE;
        }
    }
    return asked(UNWIND, given, 3);
}

CALLBACK(on_raise) {
    void *decision = decided(given[0]);
    if (is_open(decision) || decision == OUTSIDE) {
        Py_RETURN_NONE;
    }
    Function *function = function_in(decision);
    if (function != NULL && function->is_native && !is_stopped) {
        Running *frame = frame_of(given[0]);
        if (frame != NULL && count_raised((PyObject *)Py_TYPE(given[2]), function, frame)) {
            Py_RETURN_NONE;
        }
    }
    return asked(RAISE, given, 3);
}

CALLBACK(on_line) {
    Function *function = function_of(given[0]);
    if (function == NULL || is_stopped || !(function->is_native || function->taps != NULL)) {
        return asked(LINE, given, 2);
    }
    if (function->is_native) {
        return PySet_Add(function->lines, given[1]) < 0 ? NULL : Py_NewRef(disable);
    }
    Running *frame = frame_of(given[0]);
    if (frame == NULL) {
        hooks_lost++;
        Py_RETURN_NONE;
    }
    int is_of_use
        = taps_line(function->taps, function->lines, NULL, frame, PyLong_AsLong(given[1]), true);
    return is_of_use < 0 ? NULL : Py_NewRef(is_of_use ? Py_None : disable);
}

/* What a class runs when it is called, as `callables.py` has it; NULL: C, or nobody knows. */
static PyObject *maker_of(PyTypeObject *type) {
    static const char *const names[2] = {"__new__", "__init__"};
    for (int i = 0; i < 2; i++) {
        PyObject *name = PyUnicode_InternFromString(names[i]);
        PyObject *found = name == NULL ? NULL : _PyType_Lookup(type, name);
        Py_XDECREF(name);
        if (found != NULL && Py_IS_TYPE(found, &PyStaticMethod_Type)) { /* as `__new__` is kept */
            PyObject *held = PyObject_GetAttrString(found, "__func__");
            Py_XDECREF(held); /* by what was found */
            found = held;
        }
        if (found != NULL && PyFunction_Check(found)) {
            return found;
        }
        if (found == NULL) {
            PyErr_Clear();
            return NULL;
        }
    }
    return NULL;
}

/* The code that a call of an object runs; NULL: it is no plain function, method or class. */
static PyObject *code_behind(PyObject *called) {
    if (Py_IS_TYPE(called, &PyMethod_Type)) {
        called = PyMethod_GET_FUNCTION(called);
    }
    else if (PyType_Check(called) && Py_TYPE(called)->tp_call == PyType_Type.tp_call) {
        called = maker_of((PyTypeObject *)called); /* of an abstract class, too */
    }
    return called != NULL && Py_IS_TYPE(called, &PyFunction_Type) ? PyFunction_GET_CODE(called)
                                                                  : NULL;
}

/* A call inside is about to be made. */
CALLBACK(on_site) {
    Function *function = function_of(given[0]);
    if (is_stopped) {
        return Py_NewRef(disable);
    }
    if (function == NULL || PyVectorcall_NARGS(flags) != 4) {
        return asked(SITE, given, 4);
    }
    int seen = site_seen(function, PyLong_AsLong(given[1]));
    PyObject *code = code_behind(given[2]);
    void *decision = code == NULL ? UNKNOWN : decided(code);
    if (!is_open(decision)) {
        if (seen > most_sightings) {
            return Py_NewRef(disable);
        }
        if (decision != OUTSIDE) { /* its own body tells */
            Py_RETURN_NONE;
        }
        int offset = (int)PyLong_AsLong(given[1]);
        Edge *edge = find_edge(code, given[0], offset, CALLED_FROM_SITE);
        if (edge != NULL) {
            count_edge(edge);
            Py_RETURN_NONE;
        }
    }
    PyObject *number = PyLong_FromLong(seen);
    if (number == NULL) {
        return NULL;
    }
    PyObject *more[5] = {given[0], given[1], given[2], given[3], number};
    PyObject *answer = asked(SITE, more, 5);
    Py_DECREF(number);
    return answer;
}

/* A callback. A function of a module would do, too, but each call of one takes a detour. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc called;
} Callback;

static PyTypeObject callback_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "accelerator.callback",
    .tp_basicsize = sizeof(Callback),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Callback, called),
    .tp_call = PyVectorcall_Call,
};

/* Puts a callback for each event into a dictionary. */
int monitoring_callbacks(PyObject *by_name) {
    static const vectorcallfunc functions[WATCHED]
        = {on_start, on_resume, on_throw, on_return, on_yield, on_unwind, on_raise, on_line,
           on_site};
    int failed = PyType_Ready(&callback_type) < 0;
    for (int i = 0; i < WATCHED && !failed; i++) { /* that one is ours alone */
        Callback *callback = PyObject_New(Callback, &callback_type);
        if (callback == NULL) {
            return -1;
        }
        callback->called = functions[i];
        failed = PyDict_SetItemString(by_name, event_names[i], (PyObject *)callback) < 0;
        Py_DECREF(callback);
    }
    return failed ? -1 : 0;
}
