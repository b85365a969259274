/* The interpreter's own frames: who runs, who called, and at which instruction.

   To make a frame object of each caller costs more than all the rest. The layout of these frames is
   CPython's own affair, so this is compiled with the headers of the very interpreter, for versions
   that were tried, and checked against `frame.f_back` and `frame.f_lasti` before it is used. */

#ifndef TRACER_FRAMES_H
#define TRACER_FRAMES_H

#ifndef Py_BUILD_CORE
#define Py_BUILD_CORE 1
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>
#include <stdbool.h>
#include <stdint.h>
#include <internal/pycore_code.h>
#include <internal/pycore_frame.h>

#if PY_VERSION_HEX < 0x030b0000 || PY_VERSION_HEX >= 0x030e0000
#error "frames are laid out in another way in this version"
#endif
#ifdef Py_GIL_DISABLED
#error "all of this relies on the GIL"
#endif

typedef struct _PyInterpreterFrame Running;

#if PY_VERSION_HEX < 0x030c0000
extern bool is_before_call[256]; /* by opcode */
#endif

static inline PyObject *code_of(Running *frame) {
#if PY_VERSION_HEX >= 0x030d0000
    return frame->f_executable;
#else
    return (PyObject *)frame->f_code;
#endif
}

/* As `frame.f_lasti` has it; but a call that the interpreter does in the instruction before, as 3.11
   does where nothing traces the frame, is told of the one in which it does it else. */
static inline int offset_of(Running *frame) {
    int at = _PyInterpreterFrame_LASTI(frame);
#if PY_VERSION_HEX < 0x030c0000
    if (at >= 0 && is_before_call[_Py_OPCODE(*frame->prev_instr)]) {
        at += 1 + INLINE_CACHE_ENTRIES_PRECALL;
    }
#endif
    return at * (int)sizeof(_Py_CODEUNIT);
}

/* The frame that runs in this thread; NULL where that is not a whole one. */
static inline Running *running(void) {
    PyThreadState *thread = PyThreadState_Get();
#if PY_VERSION_HEX >= 0x030d0000
    Running *frame = thread->current_frame;
#else
    Running *frame = thread->cframe->current_frame;
#endif
    return frame == NULL || _PyFrame_IsIncomplete(frame) ? NULL : frame;
}

/* As `frame.f_back` has it. */
static inline Running *caller_of(Running *frame) {
    Running *caller = frame->previous;
    while (caller != NULL && _PyFrame_IsIncomplete(caller)) {
        caller = caller->previous;
    }
    return caller;
}

static inline Running *running_of(PyFrameObject *frame) {
    return frame->f_frame;
}

/* Calls of hooks in Python for which there was no room below the recursion limit. */
extern long long hooks_lost;

static inline int64_t now_ns(void) {
#if PY_VERSION_HEX >= 0x030d0000
    PyTime_t now = 0;
    (void)PyTime_PerfCounterRaw(&now);
    return now;
#else
    return _PyTime_GetPerfCounter();
#endif
}

#endif
