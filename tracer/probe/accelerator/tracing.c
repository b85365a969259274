/* The trace function of a thread, as `sys.settrace` would set it, in C. */

#include "tracing.h"

#include <opcode.h>

#include "calls.h"
#include "entries.h"
#include "evaluating.h"
#include "inferring.h"
#include "listening.h"

/* What Python answers: a call that has to be looked at, one from inside to outside, an exception. */
static PyObject *on_unknown = NULL, *on_boundary = NULL, *on_exception = NULL;
static PyObject *names[4]; /* of events, by their number */
static bool is_stopped = false;

#define LINES_LET_PASS 8

int tracing_init(void) {
    static const char *const texts[4] = {"call", "exception", "line", "return"};
    for (int i = 0; i < 4; i++) {
        if (names[i] == NULL && (names[i] = PyUnicode_InternFromString(texts[i])) == NULL) {
            return -1;
        }
    }
    return 0;
}

PyObject *tracing_hooks(PyObject *given) {
    PyObject *unknown, *boundary, *exception;
    if (!PyArg_ParseTuple(given, "OOO", &unknown, &boundary, &exception)) {
        return NULL;
    }
    Py_XSETREF(on_unknown, Py_NewRef(unknown));
    Py_XSETREF(on_boundary, Py_NewRef(boundary));
    Py_XSETREF(on_exception, Py_NewRef(exception));
    is_stopped = false;
    Py_RETURN_NONE;
}

void tracing_stop(void) {
    is_stopped = true;
    evaluating_end();
}

/* The answer of a hook of ours; NULL: it raised what the target has to hear of, as a signal does.
   No hook of ours raises anything else, but the last frame below the recursion limit has no room
   for one. */
static PyObject *asked(PyObject *hook, PyObject *const *given, size_t size) {
    PyObject *held = Py_NewRef(hook);
    PyObject *answer = PyObject_Vectorcall(held, given, size, NULL);
    Py_DECREF(held);
    if (answer == NULL && PyErr_ExceptionMatches(PyExc_RecursionError)) {
        PyErr_Clear();
        hooks_lost++;
        answer = Py_NewRef(Py_None);
    }
    return answer;
}

/* A frame with a local trace function: taps, or what a debugger put there. */
static int call_local(PyFrameObject *frame, int what, PyObject *argument) {
    PyObject *given[3] = {(PyObject *)frame, names[what], argument == NULL ? Py_None : argument};
    PyObject *answer = asked(frame->f_trace, given, 3);
    if (answer == NULL) {
        PyTraceBack_Here(frame);
        return -1;
    }
    if (answer != Py_None) {
        Py_XSETREF(frame->f_trace, answer);
    }
    else {
        Py_DECREF(answer);
    }
    return 0;
}

static int on_outside(PyFrameObject *frame) {
    frame->f_trace_lines = 0;
    if (count_outside(running_of(frame))) {
        return 0;
    }
    PyObject *given[1] = {(PyObject *)frame};
    PyObject *answer = asked(on_boundary, given, 1);
    Py_XDECREF(answer);
    return answer == NULL ? -1 : 0;
}

/* A function begins of which nothing but its effects is looked at: true, and all is done. */
static bool on_entry(PyFrameObject *frame, PyObject *code) {
    Running *back = caller_of(running_of(frame));
    Entry *entry = entry_of(code);
    if (back == NULL || entry == NULL || entry_reader(entry) == NULL) {
        return false;
    }
    PyObject *caller = code_of(back);
    int offset = offset_of(back);
    void *around = decided(caller);
    bool is_crossing = function_in(around) != NULL;
    if (around == UNKNOWN
        || (is_crossing && find_edge(code, caller, offset, CALLED_OUTSIDE) == NULL)) {
        return false;
    }
    int answer = entry_told(entry, frame);
    if (answer < 0) {
        PyErr_Clear();
        hooks_lost++;
    }
    if (answer == 0) {
        return false;
    }
    frame->f_trace_lines = 0;
    Edge *edge = is_crossing ? find_edge(code, caller, offset, CALLED_OUTSIDE) : NULL;
    if (edge != NULL) {
        count_edge(edge);
    }
    return true;
}

static int on_call(PyFrameObject *frame) {
    Running *running = running_of(frame);
    PyObject *code = code_of(running);
    void *decision = decided_in(running);
    if (decision == OUTSIDE) {
        return on_outside(frame);
    }
    if (decision == TAPPED && on_entry(frame, code)) {
        return 0;
    }
    Function *function = function_in(decision);
    bool is_known = false;
    if (function != NULL && function->is_native) {
        bool is_resumed = function->is_generator && offset_of(running) > function->start;
        is_known = count_call(function, running, is_resumed ? RESUMED : CALLED);
    }
    if (!is_known) {
        PyObject *given[1] = {(PyObject *)frame};
        PyObject *answer = asked(on_unknown, given, 1);
        if (answer == NULL) {
            PyTraceBack_Here(frame);
            return -1;
        }
        if (answer != Py_None) {
            Py_XSETREF(frame->f_trace, answer);
            return 0;
        }
        Py_DECREF(answer);
        decision = decided(code);
        function = function_in(decision);
    }
    if (decision == OUTSIDE || (function != NULL && function->is_native && function->left <= 0)) {
        frame->f_trace_lines = 0; /* lines by what they leave behind need their events while traced */
    }
    return 0;
}

static int on_raised(Function *function, PyFrameObject *frame, PyObject *argument) {
    PyObject *type = argument != NULL && PyTuple_Check(argument) ? PyTuple_GET_ITEM(argument, 0)
                                                                 : Py_None;
    Running *running = running_of(frame);
    tree_raise(running, type);
    if (count_raised(type, function, running)) {
        return 0;
    }
    PyObject *given[2] = {(PyObject *)frame, argument == NULL ? Py_None : argument};
    PyObject *answer = asked(on_exception, given, 2);
    Py_XDECREF(answer);
    return answer == NULL ? -1 : 0;
}

/* Whether a return event stands for an exception on its way up. */
static bool is_unwinding(PyFrameObject *frame, PyObject *argument) {
    if (argument == NULL) {
        return true;
    }
#if PY_VERSION_HEX >= 0x030c0000 && PY_VERSION_HEX < 0x030d0000
    /* 3.12 has events of unwinding come with None, as those of `return None` do (measured: 3.12.1);
       only the instruction tells them apart, and only as it was before it was instrumented. */
    if (argument == Py_None && live_nodes) {
        Running *running = running_of(frame);
        PyObject *bytes = PyCode_GetCode((PyCodeObject *)code_of(running));
        if (bytes == NULL) {
            PyErr_Clear();
            return false;
        }
        int offset = offset_of(running);
        bool is_inside = offset >= 0 && offset < PyBytes_GET_SIZE(bytes);
        int opcode = is_inside ? (unsigned char)PyBytes_AS_STRING(bytes)[offset] : RETURN_VALUE;
        Py_DECREF(bytes);
        return opcode != RETURN_VALUE && opcode != RETURN_CONST && opcode != YIELD_VALUE
               && opcode != RETURN_GENERATOR;
    }
#else
    (void)frame;
#endif
    return false;
}

static int on_tapped_line(Function *function, PyFrameObject *frame) {
    int failed = taps_line(function->taps, function->lines, frame, running_of(frame),
                           PyFrame_GetLineNumber(frame), false)
                 < 0;
    if (failed) {
        PyTraceBack_Here(frame);
    }
    return failed ? -1 : 0;
}

/* `PyEval_SetTrace` tells the target's stderr when it fails, as it does up to 3.11 while another
   thread is at it: an audit hook in Python lets others run there. */
static int set_trace(Py_tracefunc function, PyObject *ours) {
    settrace_is_ours = true;
#if PY_VERSION_HEX < 0x030d0000
    int failed = _PyEval_SetTrace(PyThreadState_Get(), function, ours);
#else
    PyEval_SetTrace(function, ours);
    int failed = PyErr_Occurred() == NULL ? 0 : -1;
#endif
    settrace_is_ours = false;
    return failed;
}

/* A line ran that nobody wants. A frame that goes on soon runs untraced; most end before that would
   be worth it. The flag is true for Python whatever its number. */
static void not_wanted(PyFrameObject *frame, bool is_last) {
    if (frame->f_trace == NULL && ++frame->f_trace_lines > LINES_LET_PASS) {
        frame->f_trace_lines = !is_last;
        evaluating_settle();
    }
}

static int on_line(Function *function, PyFrameObject *frame) {
    int answer = line_ran(function, frame);
    if (function->left > 0) {
        line_idle(function, answer == 0);
    }
    if (is_covered(function)) {
        not_wanted(frame, function->left <= 0);
    }
    return answer < 0 ? -1 : 0;
}

/* A line without an event may be what it ends or raises in. */
static int on_left(Function *function, PyFrameObject *frame) {
    bool may_be_news = function->traces != NULL && function->left > 0;
    return may_be_news && line_left(function, running_of(frame)) < 0 ? -1 : 0;
}

static int trace(PyObject *ours, PyFrameObject *frame, int what, PyObject *argument) {
    (void)ours;
    if (what > PyTrace_RETURN) {
        return 0;
    }
    if (is_stopped) {
        if (what == PyTrace_CALL) {
            if (set_trace(NULL, NULL) < 0) {
                PyErr_Clear(); /* at the next call, then */
            }
        }
        return 0;
    }
    if (what == PyTrace_CALL) {
        return on_call(frame);
    }
    Function *function = function_of(code_of(running_of(frame)));
    int failed = 0;
    if (what == PyTrace_LINE && function != NULL && function->taps != NULL
        && frame->f_trace == function->local) {
        return on_tapped_line(function, frame);
    }
    if (function == NULL && what == PyTrace_LINE) {
        not_wanted(frame, true);
    }
    if (function != NULL && function->is_native) {
        if (what == PyTrace_LINE) {
            failed = on_line(function, frame);
        }
        else if (what == PyTrace_EXCEPTION) {
            failed = on_left(function, frame) < 0 || on_raised(function, frame, argument);
        }
        else {
            failed = argument != NULL && on_left(function, frame) < 0;
            PyObject *raised = is_unwinding(frame, argument) ? Py_None : NULL;
            failed = tree_end(running_of(frame), raised) || failed;
        }
    }
    if (!failed && frame->f_trace != NULL) {
        failed = call_local(frame, what, argument);
    }
    return failed;
}

/* Trace this thread; `sys.gettrace()` is what it would be. */
PyObject *tracing_begin(PyObject *ours) {
    if (set_trace(trace, ours) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* From now on frames that have nothing to tell run without it; false: they cannot. */
PyObject *tracing_spares(PyObject *is_wanted) {
    if (is_wanted != Py_True) {
        evaluating_end();
        Py_RETURN_FALSE;
    }
    return PyBool_FromLong(evaluating_begin(trace));
}
