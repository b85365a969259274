/* The audit hook: answers for events that nobody wants to hear of, and calls Python for others. */

#include "listening.h"

#include "events.h"

#include <string.h>

#define ROOM 256 /* names; a power of two, several times as many as there are */

static PyObject *on_event = NULL, *arrived = NULL;
static PyInterpreterState *of_interpreter = NULL;
static PyObject *heard[ROOM]; /* texts that live on */
static Event events[ROOM];    /* by the same place */
static bool is_paused = false;
bool settrace_is_ours = false;

static size_t place_of(const char *name) {
    size_t mixed = 5381;
    while (*name) {
        mixed = mixed * 33 + (unsigned char)*name++;
    }
    return mixed & (ROOM - 1);
}

static size_t slot_of_name(const char *name) {
    size_t at = place_of(name);
    while (heard[at] != NULL && strcmp(PyUnicode_AsUTF8(heard[at]), name) != 0) {
        at = (at + 1) & (ROOM - 1);
    }
    return at;
}

/* Whether that was all there is to do. */
static bool is_told(const Event *event, PyObject *arguments) {
    Running *frame = event->shape == DESCRIBED_IN_PYTHON ? NULL : running();
    if (frame == NULL || !effects_are_heard()) {
        return false;
    }
    int answer = event_told(event, arguments, frame);
    if (answer < 0) {
        PyErr_Clear();
        hooks_lost++;
    }
    return answer != 0;
}

static int hook(const char *event, PyObject *arguments, void *unused) {
    (void)unused;
    if (settrace_is_ours && strcmp(event, "sys.settrace") == 0) {
        settrace_is_ours = false; /* what other hooks do is not */
        return 0;
    }
    size_t slot = slot_of_name(event);
    PyObject *known = heard[slot];
    bool is_quiet = !is_paused && PyList_GET_SIZE(arrived) == 0;
    if (known == NULL && is_quiet) {
        return 0;
    }
#if PY_VERSION_HEX >= 0x030d0000
    PyThreadState *thread = PyThreadState_GetUnchecked();
    bool is_ending = Py_IsFinalizing();
#else
    PyThreadState *thread = _PyThreadState_UncheckedGet();
    bool is_ending = _Py_IsFinalizing();
#endif
    if (is_ending || thread == NULL || PyThreadState_GetInterpreter(thread) != of_interpreter) {
        return 0;
    }
    if (is_quiet && is_told(&events[slot], arguments)) {
        return 0;
    }
    PyThreadState_EnterTracing(thread);
    PyObject *name = known == NULL ? PyUnicode_FromString(event) : Py_NewRef(known);
    PyObject *frame = (PyObject *)PyThreadState_GetFrame(thread), *answer = NULL;
    if (name != NULL) {
        PyObject *given[3] = {name, arguments, frame == NULL ? Py_None : frame};
        answer = PyObject_Vectorcall(on_event, given, 3, NULL);
        Py_DECREF(name);
    }
    PyThreadState_LeaveTracing(thread);
    Py_XDECREF(frame);
    Py_XDECREF(answer);
    return answer == NULL ? -1 : 0;
}

void listening_pause(bool now) {
    is_paused = now;
}

PyObject *listening_begin(PyObject *given) {
    PyObject *function, *signals, *names, *described, *importing, *openers;
    if (!PyArg_ParseTuple(given, "OO!O!O!O!O!", &function, &PyList_Type, &signals, &PyTuple_Type,
                          &names, &PyDict_Type, &described, &PyTuple_Type, &importing,
                          &PyFrozenSet_Type, &openers)) {
        return NULL;
    }
    if (on_event != NULL || PyTuple_GET_SIZE(names) > ROOM / 2) {
        PyErr_SetString(PyExc_RuntimeError, "it listens already, or has too much to hear");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        const char *text = PyUnicode_AsUTF8(name); /* kept in the object, for the hook */
        if (text == NULL) {
            return NULL;
        }
        size_t slot = slot_of_name(text);
        heard[slot] = Py_NewRef(name);
        if (event_of(described, name, &events[slot]) < 0) {
            return NULL;
        }
    }
    events_begin(importing, openers);
    of_interpreter = PyInterpreterState_Get();
    arrived = Py_NewRef(signals);
    on_event = Py_NewRef(function);
    if (PySys_AddAuditHook(hook, NULL) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}
