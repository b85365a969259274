#include "evaluating.h"

#if PY_VERSION_HEX < 0x030c0000 && (defined(__linux__) || defined(__APPLE__))

/* A trace function slows down every instruction that runs while it is set, wanted or not: library
   code took two and a half times its time by that alone (measured, 3.11). The interpreter looks at
   `use_tracing` of the C frame, which goes on from frame to frame. So here each frame gets its own
   before it begins, and gives its caller's back.

   Off is what is decided here, and only of frames that need nothing. On is always right: whatever
   turns it on, as an exception does (`call_exc_trace` asks for the trace function alone), the events
   that follow are as ever. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>

#include <internal/pycore_interp.h>
#include <opcode.h>

#include "calls.h"
#include "inferring.h"

#define ON 255 /* as CPython has it */
#define SPARE (256 * 1024) /* bytes of the C stack, where it is not known how large that is */

static Py_tracefunc ours = NULL; /* NULL: not begun */
static int deep = 0; /* frames below which all is traced, see `evaluate_deep` */
static bool is_removed = false, is_lost = false;
/* Functions of other tools in our place: one that calls ours for what it does not do itself, and one
   of which that is not known yet. */
static _PyFrameEvalFunction chained = NULL, doubtful = NULL;
static __thread char *lowest = NULL; /* where the C stack of this thread gets scarce */

/* With this, each call of Python takes from the C stack, and without it none does. So no more than
   a quarter of it is used: the program may have reckoned with the rest. */
static char *find_lowest(char *here) {
    char *end = NULL;
    size_t size = 0;
#ifdef __APPLE__
    size = pthread_get_stacksize_np(pthread_self());
    end = (char *)pthread_get_stackaddr_np(pthread_self()) - size;
#else
    pthread_attr_t about;
    void *address = NULL;
    if (pthread_getattr_np(pthread_self(), &about) == 0) {
        if (pthread_attr_getstack(&about, &address, &size) == 0) {
            end = address;
        }
        pthread_attr_destroy(&about);
    }
#endif
    if (end == NULL || here < end || here > end + size) {
        return here - SPARE;
    }
    return end + size - size / 4;
}

static bool is_scarce(void) {
    char here;
    if (lowest == NULL) {
        lowest = find_lowest(&here);
    }
    return &here < lowest;
}

static bool is_traced_itself(Running *frame) {
    return frame->frame_obj != NULL && frame->frame_obj->f_trace != NULL;
}

/* Whether a frame that begins or goes on can do so untraced; if so, its call is counted. `throw`
   into a generator raises the event of one, too (3.11). */
static bool is_settled(PyThreadState *thread, Running *frame) {
    bool is_generator_made = frame->owner != FRAME_OWNED_BY_GENERATOR
                             && frame->f_code->co_flags
                                    & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR);
    if (is_generator_made) { /* nothing of its body runs */
        return true;
    }
    if (thread->recursion_remaining <= 0 || is_traced_itself(frame)) {
        return false; /* the first: it may not begin at all */
    }
    void *decision = decided_in(frame);
    if (decision == OUTSIDE) {
        return count_outside(frame);
    }
    Function *function = function_in(decision);
    if (function == NULL || !is_covered(function)) {
        return false;
    }
    bool is_resumed = function->is_generator && offset_of(frame) > function->start;
    return count_call(function, frame, is_resumed ? RESUMED : CALLED);
}

static PyObject *evaluate(PyThreadState *thread, Running *frame, int is_throw);

/* Whether frames may begin of which we do not hear. */
static inline bool is_elsewhere(PyInterpreterState *interpreter) {
    _PyFrameEvalFunction there = interpreter->eval_frame; /* NULL: the interpreter's own */
    return there != evaluate && (there == NULL || there != chained) && !deep;
}

static int opcode_in(Running *frame) {
    return offset_of(frame) < 0 ? -1 : _Py_OPCODE(*frame->prev_instr);
}

/* Whether it is a generator through which `throw` reaches the one that it waits for: that one is the
   caller then, but what is turned on or off is of who called `throw`. */
static bool is_passed_through(Running *frame) {
    return frame->owner == FRAME_OWNED_BY_GENERATOR && opcode_in(frame) == YIELD_VALUE;
}

/* What the frame that runs goes on with: as before, but that one need not be traced to its end
   because it was not known when it began, or because an exception turned it on. */
static unsigned char state_of(PyThreadState *thread, unsigned char before) {
    Running *frame = thread->cframe->current_frame;
    if (deep || is_elsewhere(thread->interp)) {
        return ON;
    }
    if (before && frame != NULL && !is_traced_itself(frame) && !is_passed_through(frame)) {
        void *decision = decided(code_of(frame));
        Function *function = function_in(decision);
        if (function == NULL ? decision != UNKNOWN : is_covered(function)) {
            return 0;
        }
    }
    return before;
}

static bool is_ours(PyThreadState *thread) {
    return ours != NULL && thread->c_tracefunc == ours && thread->c_profilefunc == NULL
           && !thread->tracing;
}

static bool is_pending = false;

/* Whether the event of a frame's call may be still to come. */
static bool is_beginning(Running *frame) {
    int opcode = frame == NULL ? -1 : opcode_in(frame);
    return opcode == -1 || opcode == RESUME || opcode == RESUME_QUICK;
}

static int settle(void *unused) {
    (void)unused;
    PyThreadState *thread = PyThreadState_Get();
    is_pending = false;
    if (is_ours(thread) && !is_beginning(thread->cframe->current_frame)) {
        thread->cframe->use_tracing = state_of(thread, thread->cframe->use_tracing);
    }
    return 0;
}

/* Nothing is wanted of the frame that runs any more. Its trace function cannot turn that off: the
   interpreter turns it on again behind it. So it is done at the next turn of a loop; the main
   thread alone hears of such calls. */
void evaluating_settle(void) {
    if (ours != NULL && !is_pending && _PyOS_IsMainThread()) {
        is_pending = Py_AddPendingCall(settle, NULL) == 0;
    }
}

/* All that runs is traced from here on. */
static void turn_on(PyInterpreterState *interpreter) {
    PyThreadState *thread = PyInterpreterState_ThreadHead(interpreter);
    for (; thread != NULL; thread = PyThreadState_Next(thread)) {
        if (thread->c_tracefunc != ours) {
            continue;
        }
        for (_PyCFrame *each = thread->cframe; each != NULL; each = each->previous) {
            Running *frame = each->use_tracing ? NULL : each->current_frame;
            Function *function = frame == NULL ? NULL : function_of(code_of(frame));
            if (function != NULL && line_left(function, frame) < 0) { /* begun without an event */
                PyErr_Clear();
            }
            each->use_tracing = ON;
        }
        if (thread->tracing) { /* in a hook of ours, which ends with turning it on */
            thread->cframe->use_tracing = 0;
        }
    }
}

/* Another tool may have taken our place. As long as it does not call ours, all is traced. */
static void check_place(PyInterpreterState *interpreter) {
    bool is_new = false;
    if (ours == NULL || !is_elsewhere(interpreter)) {
        is_removed = false;
    }
    else if (interpreter->eval_frame == NULL) {
        is_new = !is_removed;
        is_removed = true;
        is_lost |= is_new;
    }
    else {
        is_new = interpreter->eval_frame != doubtful;
        doubtful = interpreter->eval_frame;
    }
    if (is_new) {
        turn_on(interpreter);
    }
}

/* The C stack gets scarce: all that is called from here on is traced, and none of it takes from the
   C stack any more. For that the interpreter has but one switch for all its threads. */
static PyObject *evaluate_deep(PyThreadState *thread, Running *frame, int is_throw) {
    PyInterpreterState *interpreter = thread->interp;
    deep++;
    _PyInterpreterState_SetEvalFrameFunc(interpreter, _PyEval_EvalFrameDefault);
    turn_on(interpreter);
    PyObject *result = _PyEval_EvalFrameDefault(thread, frame, is_throw);
    if (--deep == 0 && ours != NULL
        && _PyInterpreterState_GetEvalFrameFunc(interpreter) == _PyEval_EvalFrameDefault) {
        _PyInterpreterState_SetEvalFrameFunc(interpreter, evaluate);
    }
    return result;
}

static void end_untraced(Function *function, Running *frame, bool is_raising) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    int opcode = opcode_in(frame); /* a generator that is made has run nothing */
    bool has_left = function->left > 0 && (opcode == RETURN_VALUE || opcode == YIELD_VALUE);
    if ((has_left && line_left(function, frame) < 0)
        || tree_end(frame, is_raising ? Py_None : NULL) < 0) {
        PyErr_Clear();
    }
    PyErr_Restore(type, value, traceback);
}

static PyObject *evaluate(PyThreadState *thread, Running *frame, int is_throw) {
    if (!is_ours(thread)) {
        return _PyEval_EvalFrameDefault(thread, frame, is_throw);
    }
    if (is_elsewhere(thread->interp)) { /* and calls us */
        chained = thread->interp->eval_frame;
        doubtful = doubtful == chained ? NULL : doubtful;
    }
    _PyCFrame *around = thread->cframe;
    unsigned char before = around->use_tracing;
    PyObject *code = code_of(frame);
    frame->previous = around->current_frame; /* as the interpreter will have it */
    bool is_deep = is_scarce();
    around->use_tracing = !is_deep && is_settled(thread, frame) ? 0 : ON;
    PyObject *result = is_deep ? evaluate_deep(thread, frame, is_throw)
                               : _PyEval_EvalFrameDefault(thread, frame, is_throw);
    bool is_untraced = !around->use_tracing; /* as it ended */
    check_place(thread->interp);
    if (!is_ours(thread)) {
        return result; /* who came instead has set what is needed */
    }
    if (is_untraced) {
        Function *function = function_of(code);
        if (function != NULL && (live_nodes || function->left > 0)) {
            end_untraced(function, frame, result == NULL);
        }
    }
    around->use_tracing = state_of(thread, before);
    return result;
}

/* False: it cannot be had here. */
bool evaluating_begin(Py_tracefunc function) {
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    if (_PyInterpreterState_GetEvalFrameFunc(interpreter) != _PyEval_EvalFrameDefault) {
        return ours != NULL;
    }
    ours = function;
    deep = 0;
    is_removed = is_lost = false;
    chained = doubtful = NULL;
    _PyInterpreterState_SetEvalFrameFunc(interpreter, evaluate);
    return true;
}

void evaluating_end(void) {
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    ours = NULL;
    if (_PyInterpreterState_GetEvalFrameFunc(interpreter) == evaluate) {
        _PyInterpreterState_SetEvalFrameFunc(interpreter, _PyEval_EvalFrameDefault);
    }
}

/* Whether calls may be missing because another tool took our place, since this was asked last. */
bool evaluating_was_replaced(void) {
    check_place(PyInterpreterState_Get());
    bool answer = is_lost || doubtful != NULL;
    is_lost = false;
    doubtful = NULL;
    return answer;
}

#else

bool evaluating_was_replaced(void) {
    return false;
}

bool evaluating_begin(Py_tracefunc function) {
    (void)function;
    return false;
}

void evaluating_end(void) {}

void evaluating_settle(void) {}

#endif
