#include "codes.h"

#include "texts.h"

#if PY_VERSION_HEX < 0x030c0000
#define NEED_OPCODE_TABLES
#include <internal/pycore_opcode.h>

bool is_before_call[256];

static void codes_init_opcodes(void) {
    for (int opcode = 0; opcode < 256; opcode++) {
        is_before_call[opcode] = _PyOpcode_Deopt[opcode] == PRECALL;
    }
}
#else
static void codes_init_opcodes(void) {}
#endif

Py_ssize_t codes_index = -1;

static Function **functions = NULL;
static size_t size = 0, room = 0;

int codes_init(void) {
    codes_init_opcodes();
    if (codes_index < 0) {
#if PY_VERSION_HEX >= 0x030c0000
        codes_index = PyUnstable_Eval_RequestCodeExtraIndex(NULL);
#else
        codes_index = _PyEval_RequestCodeExtraIndex(NULL);
#endif
    }
    if (codes_index < 0) {
        PyErr_SetString(PyExc_RuntimeError, "no room beside code objects");
        return -1;
    }
    return 0;
}

int decide(PyObject *code, void *decision) {
#if PY_VERSION_HEX >= 0x030c0000
    return PyUnstable_Code_SetExtra(code, codes_index, decision);
#else
    return _PyCode_SetExtra(code, codes_index, decision);
#endif
}

Function *add_function(PyObject *code, Py_hash_t id, int start, bool is_generator, PyObject *lines,
                       PyObject *to_cover, bool is_native) {
    Function *function = function_of(code);
    if (function == NULL) {
        if (size == room) {
            size_t wanted = room ? 2 * room : 256;
            Function **moved = PyMem_RawRealloc(functions, wanted * sizeof(Function *));
            if (moved == NULL) {
                PyErr_NoMemory();
                return NULL;
            }
            functions = moved;
            room = wanted;
        }
        size_t instructions = (size_t)_PyCode_NBYTES((PyCodeObject *)code) / sizeof(_Py_CODEUNIT);
        function = PyMem_RawCalloc(1, sizeof(Function));
        unsigned char *seen = PyMem_RawCalloc(instructions / 8 + 1, 1);
        if (function == NULL || seen == NULL || decide(code, function) < 0) {
            PyMem_RawFree(function);
            PyMem_RawFree(seen);
            if (!PyErr_Occurred()) {
                PyErr_NoMemory();
            }
            return NULL;
        }
        function->seen = seen;
        function->code = Py_NewRef(code);
        function->lines = Py_NewRef(lines);
        function->to_cover = Py_NewRef(to_cover);
        function->left = PySet_GET_SIZE(to_cover);
        functions[size++] = function;
    }
    function->id = id;
    function->start = start;
    function->is_generator = is_generator;
    function->is_native = is_native;
    return function;
}

static PyObject *quiet = NULL, *lines_of = NULL;

/* The names of modules none of whose functions Python wants to look at; and of others the lines on
   which those begin that it does. Python adds to both. */
void quiet_modules(PyObject *names, PyObject *lines) {
    Py_XSETREF(quiet, Py_NewRef(names));
    Py_XSETREF(lines_of, Py_NewRef(lines));
}

/* Whether Python has nothing to decide on the code that a frame runs, which lies outside. */
bool is_quiet(Running *frame) {
    PyObject *name = quiet == NULL ? NULL : module_of(frame);
    if (name == NULL) {
        return false;
    }
    if (PySet_Contains(quiet, name) == 1) {
        return true;
    }
    PyObject *wanted = PyDict_GetItemWithError(lines_of, name);
    if (wanted == NULL) {
        PyErr_Clear();
        return false;
    }
    PyObject *line = PyLong_FromLong(((PyCodeObject *)code_of(frame))->co_firstlineno);
    int is_wanted = line == NULL ? -1 : PySet_Contains(wanted, line);
    Py_XDECREF(line);
    if (is_wanted < 0) {
        PyErr_Clear();
    }
    return is_wanted == 0;
}

/* What is decided on the code of a frame that begins; where Python has nothing to decide on it and
   its caller is outside, that is decided here. */
void *decided_in(Running *frame) {
    PyObject *code = code_of(frame);
    void *decision = decided(code);
    Running *back = is_open(decision) ? caller_of(frame) : NULL;
    if (back == NULL) {
        return decision;
    }
    void *around = decided(code_of(back));
    bool is_decided = around != UNKNOWN && function_in(around) == NULL && is_quiet(frame)
                      && decide(code, OUTSIDE) == 0;
    return is_decided ? OUTSIDE : decision;
}

/* A call at an instruction is looked at: how often by now, up to a bound. */
int site_seen(Function *function, long offset) {
    long at = offset / (long)sizeof(_Py_CODEUNIT);
    size_t size = (size_t)_PyCode_NBYTES((PyCodeObject *)function->code) / sizeof(_Py_CODEUNIT);
    if (function->sites == NULL) {
        function->sites = PyMem_RawCalloc(size, 1);
    }
    if (function->sites == NULL || at < 0 || (size_t)at >= size) {
        return UCHAR_MAX;
    }
    function->sites[at] += function->sites[at] < UCHAR_MAX;
    return function->sites[at];
}

void forget_numbers(void) {
    for (size_t i = 0; i < size; i++) {
        functions[i]->number = 0;
    }
}

int add_line(Function *function, int number) {
    PyObject *line = PyLong_FromLong(number);
    if (line == NULL) {
        return -1;
    }
    int failed = 0;
    if (PySet_Contains(function->lines, line) == 0) {
        failed = PySet_Add(function->lines, line) < 0;
        if (!failed && PySet_Contains(function->to_cover, line) == 1) {
            function->left--;
        }
    }
    Py_DECREF(line);
    return failed ? -1 : 0;
}

/* 1: it was seen before. */
static int line_at(Function *function, int offset, int number) {
    int instruction = offset / (int)sizeof(_Py_CODEUNIT);
    if (instruction < 0) {
        return 1;
    }
    unsigned char bit = (unsigned char)(1u << (instruction & 7));
    if (function->seen[instruction >> 3] & bit) {
        return 1;
    }
    if (number < 0) {
        number = PyCode_Addr2Line((PyCodeObject *)function->code, offset);
    }
    if (number >= 0 && add_line(function, number) < 0) {
        return -1;
    }
    function->seen[instruction >> 3] |= bit;
    return 0;
}

/* A line of a function begins; which one is looked up once for each instruction. */
int line_ran(Function *function, PyFrameObject *frame) {
    return line_at(function, offset_of(running_of(frame)), frame->f_lineno > 0 ? frame->f_lineno : -1);
}

/* The line that a frame ends, yields or raises in: it has begun, whether its event was heard or not. */
int line_left(Function *function, Running *frame) {
    return line_at(function, offset_of(frame), -1);
}
