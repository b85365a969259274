/* What the probe sees of all this: functions of a module, one of which each file tells. */

#include "calls.h"
#include "effects.h"
#include "entries.h"
#include "evaluating.h"
#include "files.h"
#include "inferring.h"
#include "listening.h"
#include "monitoring.h"
#include "of_taps.h"
#include "records.h"
#include "stack.h"
#include "tracing.h"

long long hooks_lost = 0;

static PyObject *lost(PyObject *module, PyObject *unused) {
    long long since = hooks_lost;
    hooks_lost = 0;
    return PyLong_FromLongLong(since);
}

static PyObject *add_inside(PyObject *module, PyObject *given) {
    PyObject *code, *lines, *to_cover;
    Py_ssize_t id;
    int start, is_generator, is_native;
    if (!PyArg_ParseTuple(given, "O!nipO!Op", &PyCode_Type, &code, &id, &start, &is_generator,
                          &PySet_Type, &lines, &to_cover, &is_native)) {
        return NULL;
    }
    if (!PyFrozenSet_Check(to_cover)) {
        PyErr_SetString(PyExc_TypeError, "expected a frozenset of lines");
        return NULL;
    }
    if (add_function(code, id, start, is_generator, lines, to_cover, is_native) == NULL) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *decide_on(PyObject *frame_or_code, void *decision) {
    PyObject *code = frame_or_code;
    if (PyFrame_Check(frame_or_code)) {
        code = code_of(running_of((PyFrameObject *)frame_or_code));
    }
    if (!PyCode_Check(code)) {
        PyErr_SetString(PyExc_TypeError, "expected a frame or a code object");
        return NULL;
    }
    if (function_of(code) == NULL && decide(code, decision) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *add_outside(PyObject *module, PyObject *given) {
    return decide_on(given, OUTSIDE);
}

/* A code object is not recorded, whatever else is to be done about calls of it. */
static PyObject *add_between(PyObject *module, PyObject *code) {
    if (PyCode_Check(code) && decided(code) == UNKNOWN) {
        return decide_on(code, BETWEEN);
    }
    Py_RETURN_NONE;
}

static PyObject *add_tapped(PyObject *module, PyObject *given) {
    return decide_on(given, TAPPED);
}

/* Whether a code object is known to lie outside: some are decided on here alone. */
static PyObject *is_outside(PyObject *module, PyObject *code) {
    return PyBool_FromLong(PyCode_Check(code) && decided(code) == OUTSIDE);
}

static PyObject *set_quiet(PyObject *module, PyObject *given) {
    PyObject *names, *lines;
    if (!PyArg_ParseTuple(given, "O!O!", &PySet_Type, &names, &PyDict_Type, &lines)) {
        return NULL;
    }
    quiet_modules(names, lines);
    Py_RETURN_NONE;
}

static PyObject *know(PyObject *module, PyObject *given) {
    PyObject *key, *callee, *caller;
    int offset, kind;
    if (!PyArg_ParseTuple(given, "OOOii", &key, &callee, &caller, &offset, &kind)
        || add_edge((Edge){callee, caller, NULL, NULL, key, 0, offset, kind, 0}) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* A call through functions outside: the caller and the last code before it; or, where nobody
   inside called, None and the code at both ends. Answers the place of what stands between. */
static PyObject *know_far(PyObject *module, PyObject *given) {
    PyObject *key, *callee, *caller, *nearest, *outer;
    int offset, kind, through = 0;
    if (!PyArg_ParseTuple(given, "OO!OiiO!O!", &key, &PyCode_Type, &callee, &caller, &offset, &kind,
                          &PyCode_Type, &nearest, &PyCode_Type, &outer)) {
        return NULL;
    }
    if (caller == Py_None) {
        caller = NULL;
    }
    else {
        nearest = NULL;
        through = through_of(outer);
    }
    if (through < 0
        || add_edge((Edge){callee, caller, nearest, outer, key, 0, offset, kind, through}) < 0) {
        return NULL;
    }
    return PyLong_FromLong(through);
}

/* A number in the log for what `know_far` answered. */
static PyObject *numbered_far(PyObject *module, PyObject *given) {
    int through, number;
    if (!PyArg_ParseTuple(given, "ii", &through, &number)) {
        return NULL;
    }
    set_number_through(through, number);
    Py_RETURN_NONE;
}

/* The id of the code of a running frame, where it is inside; else 0. */
static PyObject *inside_id(PyObject *module, PyObject *frame) {
    Function *function = NULL;
    if (PyFrame_Check(frame)) {
        function = function_of(code_of(running_of((PyFrameObject *)frame)));
    }
    return PyLong_FromSsize_t(function == NULL ? 0 : function->id);
}

/* The same of the frame that called one; None: it may be inside, Python has not decided. */
static PyObject *caller_id(PyObject *module, PyObject *frame) {
    Running *back = PyFrame_Check(frame) ? caller_of(running_of((PyFrameObject *)frame)) : NULL;
    void *decision = back == NULL ? OUTSIDE : decided(code_of(back));
    if (decision == UNKNOWN) {
        Py_RETURN_NONE;
    }
    Function *function = function_in(decision);
    return PyLong_FromSsize_t(function == NULL ? 0 : function->id);
}

/* Where a running frame stands, see `offset_of`. */
static PyObject *offset_in(PyObject *module, PyObject *frame) {
    if (!PyFrame_Check(frame)) {
        PyErr_SetString(PyExc_TypeError, "expected a frame");
        return NULL;
    }
    return PyLong_FromLong(offset_of(running_of((PyFrameObject *)frame)));
}

/* The code of a running frame: `f_code` raises an audit event in some versions. */
static PyObject *code_in(PyObject *module, PyObject *frame) {
    if (!PyFrame_Check(frame)) {
        PyErr_SetString(PyExc_TypeError, "expected a frame");
        return NULL;
    }
    return Py_NewRef(code_of(running_of((PyFrameObject *)frame)));
}

/* What is thought of the function that runs: its code, its caller's, and the offset there. */
static PyObject *look(PyObject *module, PyObject *unused) {
    Running *frame = running();
    Running *back = frame == NULL ? NULL : caller_of(frame);
    if (back == NULL) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(OOi)", code_of(frame), code_of(back), offset_of(back));
}

static PyObject *arguments(PyObject *module, PyObject *frame) {
    if (!PyFrame_Check(frame)) {
        PyErr_SetString(PyExc_TypeError, "expected a frame");
        return NULL;
    }
    return arguments_of(running_of((PyFrameObject *)frame));
}

static PyObject *news(PyObject *module, PyObject *unused) {
    return news_of_edges();
}

static PyObject *tree(PyObject *module, PyObject *most) {
    long long nodes = PyLong_AsLongLong(most);
    if (nodes == -1 && PyErr_Occurred()) {
        return NULL;
    }
    tree_open(nodes);
    Py_RETURN_NONE;
}

static PyObject *tree_news(PyObject *module, PyObject *zero) {
    long long began = PyLong_AsLongLong(zero);
    return began == -1 && PyErr_Occurred() ? NULL : news_of_tree(began);
}

static PyObject *raised_news(PyObject *module, PyObject *name_of) {
    return news_of_raised(name_of);
}

static PyObject *next_node(PyObject *module, PyObject *unused) {
    return PyLong_FromLongLong(tree_next_node());
}

static PyObject *get_node(PyObject *module, PyObject *frame) {
    return PyLong_FromLongLong(
        PyFrame_Check(frame) ? node_at(running_of((PyFrameObject *)frame)) : 0);
}

static PyObject *put_node(PyObject *module, PyObject *given) {
    PyObject *frame;
    long long node;
    if (!PyArg_ParseTuple(given, "O!L", &PyFrame_Type, &frame, &node)
        || set_node(running_of((PyFrameObject *)frame), node) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *end_node(PyObject *module, PyObject *given) {
    PyObject *frame, *type;
    if (!PyArg_ParseTuple(given, "O!O", &PyFrame_Type, &frame, &type)) {
        return NULL;
    }
    if (tree_end(running_of((PyFrameObject *)frame), type == Py_None ? NULL : type) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *numbered(PyObject *module, PyObject *given) {
    PyObject *code;
    int number;
    if (!PyArg_ParseTuple(given, "O!i", &PyCode_Type, &code, &number)) {
        return NULL;
    }
    Function *function = function_of(code);
    if (function != NULL) {
        function->number = number;
    }
    Py_RETURN_NONE;
}

static PyObject *anew(PyObject *module, PyObject *unused) {
    forget_edges();
    forget_numbers();
    tree_forget();
    effects_forget();
    Py_RETURN_NONE;
}

static PyObject *trace_hooks(PyObject *module, PyObject *given) {
    return tracing_hooks(given);
}

static PyObject *trace_thread(PyObject *module, PyObject *ours) {
    return tracing_begin(ours);
}

static PyObject *spare_frames(PyObject *module, PyObject *is_wanted) {
    return tracing_spares(is_wanted);
}

/* Adds to the sets of lines those that ran without an event. */
static PyObject *infer_lines(PyObject *module, PyObject *unused) {
    look_at_traces();
    Py_RETURN_NONE;
}

static PyObject *were_frames_taken(PyObject *module, PyObject *unused) {
    return PyBool_FromLong(evaluating_was_replaced());
}

static PyObject *callbacks(PyObject *module, PyObject *given) {
    PyObject *theirs, *disable;
    int sightings;
    if (!PyArg_ParseTuple(given, "O!Oi", &PyDict_Type, &theirs, &disable, &sightings)) {
        return NULL;
    }
    PyObject *done = monitoring_hooks(theirs, disable, sightings), *found = PyDict_New();
    if (done == NULL || found == NULL) {
        Py_XDECREF(found);
        Py_XDECREF(done);
        return NULL;
    }
    Py_DECREF(done);
    if (monitoring_callbacks(found) < 0) {
        Py_CLEAR(found);
    }
    return found;
}

static PyObject *listen(PyObject *module, PyObject *given) {
    return listening_begin(given);
}

static PyObject *set_paused(PyObject *module, PyObject *is_paused) {
    listening_pause(is_paused == Py_True);
    Py_RETURN_NONE;
}

static PyObject *stop(PyObject *module, PyObject *unused) {
    tracing_stop();
    monitoring_stop();
    tree_close();
    effects_stop();
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"add_inside", add_inside, METH_VARARGS, NULL},
    {"add_outside", add_outside, METH_O, NULL},
    {"add_tapped", add_tapped, METH_O, NULL},
    {"add_between", add_between, METH_O, NULL},
    {"is_outside", is_outside, METH_O, NULL},
    {"quiet", set_quiet, METH_VARARGS, NULL},
    {"know", know, METH_VARARGS, NULL},
    {"know_far", know_far, METH_VARARGS, NULL},
    {"numbered_far", numbered_far, METH_VARARGS, NULL},
    {"inside_id", inside_id, METH_O, NULL},
    {"caller_id", caller_id, METH_O, NULL},
    {"offset_in", offset_in, METH_O, NULL},
    {"code_in", code_in, METH_O, NULL},
    {"look", look, METH_NOARGS, NULL},
    {"arguments", arguments, METH_O, NULL},
    {"lost", lost, METH_NOARGS, NULL},
    {"news", news, METH_NOARGS, NULL},
    {"tree", tree, METH_O, NULL},
    {"tree_news", tree_news, METH_O, NULL},
    {"raised_news", raised_news, METH_O, NULL},
    {"next_node", next_node, METH_NOARGS, NULL},
    {"get_node", get_node, METH_O, NULL},
    {"put_node", put_node, METH_VARARGS, NULL},
    {"end_node", end_node, METH_VARARGS, NULL},
    {"numbered", numbered, METH_VARARGS, NULL},
    {"anew", anew, METH_NOARGS, NULL},
    {"trace_hooks", trace_hooks, METH_VARARGS, NULL},
    {"trace_thread", trace_thread, METH_O, NULL},
    {"spare_frames", spare_frames, METH_O, NULL},
    {"infer_lines", infer_lines, METH_NOARGS, NULL},
    {"were_frames_taken", were_frames_taken, METH_NOARGS, NULL},
    {"callbacks", callbacks, METH_VARARGS, NULL},
    {"listen", listen, METH_VARARGS, NULL},
    {"pause", set_paused, METH_O, NULL},
    {"stop", stop, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int execute(PyObject *module) {
    PyMethodDef *const others[] = {functions_of_taps, functions_of_effects, functions_of_entries,
                                   functions_of_files, functions_of_records};
    bool is_ready = codes_init() == 0 && tracing_init() == 0;
    for (size_t i = 0; is_ready && i < sizeof others / sizeof *others; i++) {
        is_ready = PyModule_AddFunctions(module, others[i]) == 0;
    }
    return is_ready ? 0 : -1;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)execute},
#if PY_VERSION_HEX >= 0x030c0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "accelerator", NULL, 0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_accelerator(void) {
    return PyModuleDef_Init(&definition);
}
