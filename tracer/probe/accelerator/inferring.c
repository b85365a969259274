#include "inferring.h"

#if PY_VERSION_HEX < 0x030c0000

/* A frame that waits for the event of a line runs at half its speed or less, line for line, for the
   sake of lines that may never run: the `return` behind a loop, the `raise` of a check. But most
   lines leave something behind when they run, also untraced. They end in leaving the frame (`return`,
   `yield`), whose last instruction is known then; or in an exception, which is an event; or one of
   their instructions adapts itself to what it works on when it runs for the first time (PEP 659): it
   becomes another, or its counter is set. So it is enough that each way through a line passes by one
   of these; where that holds for all lines that are left, the function needs no events. */

#include <internal/pycore_opcode.h>
#include <opcode.h>

#define FIRST_LOOK 48 /* lines that were no news, before it is worth while to look at the code */
#define MOST_LOOKS 6  /* each after four times as many */
#define MOST_UNITS 20000

/* An instruction that has not adapted itself yet; opcode 0: it has, or its line was seen. */
struct Trace {
    int at, line; /* `at`: in code units */
    unsigned char opcode;
};

typedef struct {
    PyCodeObject *code;
    const unsigned char *plain; /* as the compiler made it: two bytes a unit */
    int *lines;                 /* of each unit; 0: none */
    unsigned char *marks;
    int size;
    Trace *traces;
    int found, room;
} Walk;

enum { STARTS = 1, VISITED = 2, IS_CODE = 4 };

static bool is_adaptive(int opcode) {
    switch (opcode) {
    case BINARY_OP_ADAPTIVE:
    case BINARY_SUBSCR_ADAPTIVE:
    case COMPARE_OP_ADAPTIVE:
    case LOAD_ATTR_ADAPTIVE:
    case LOAD_GLOBAL_ADAPTIVE:
    case LOAD_METHOD_ADAPTIVE:
    case PRECALL_ADAPTIVE:
    case STORE_ATTR_ADAPTIVE:
    case STORE_SUBSCR_ADAPTIVE:
    case UNPACK_SEQUENCE_ADAPTIVE:
        return true;
    }
    return false;
}

/* 1: forward, -1: backward; 0: no jump. */
static int direction_of(int opcode) {
    switch (opcode) {
    case JUMP_FORWARD:
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_FORWARD_IF_NONE:
    case POP_JUMP_FORWARD_IF_NOT_NONE:
    case JUMP_IF_FALSE_OR_POP:
    case JUMP_IF_TRUE_OR_POP:
    case FOR_ITER:
    case SEND:
        return 1;
    case JUMP_BACKWARD:
    case JUMP_BACKWARD_NO_INTERRUPT:
    case POP_JUMP_BACKWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_TRUE:
    case POP_JUMP_BACKWARD_IF_NONE:
    case POP_JUMP_BACKWARD_IF_NOT_NONE:
        return -1;
    }
    return 0;
}

static bool goes_on(int opcode) {
    switch (opcode) {
    case JUMP_FORWARD:
    case JUMP_BACKWARD:
    case JUMP_BACKWARD_NO_INTERRUPT:
    case RETURN_VALUE:
    case RAISE_VARARGS:
    case RERAISE:
        return false;
    }
    return true;
}

static int after(const Walk *walk, int at) {
    return at + 1 + _PyOpcode_Caches[walk->plain[2 * at]];
}

/* The unit that an instruction jumps to, or -1. */
static int target_of(const Walk *walk, int at) {
    int direction = direction_of(walk->plain[2 * at]), distance = walk->plain[2 * at + 1];
    if (direction == 0) {
        return -1;
    }
    for (int i = at - 1, shift = 8; i >= 0 && walk->plain[2 * i] == EXTENDED_ARG && shift < 32; i--) {
        distance |= walk->plain[2 * i + 1] << shift;
        shift += 8;
    }
    int target = after(walk, at) + direction * distance;
    return target >= 0 && target < walk->size ? target : -1;
}

static _Py_CODEUNIT *units(const Walk *walk) {
    return _PyCode_CODE(walk->code);
}

/* What follows an `EXTENDED_ARG` runs as the compiler made it. */
static bool can_adapt(const Walk *walk, int at) {
    return is_adaptive(_Py_OPCODE(units(walk)[at]))
           && (at == 0 || walk->plain[2 * (at - 1)] != EXTENDED_ARG);
}

static bool is_untouched(const PyCodeObject *code, int at, unsigned char opcode) {
    const _Py_CODEUNIT *here = &_PyCode_CODE(code)[at];
    return _Py_OPCODE(*here) == opcode && here[1] == 0; /* the next one is its counter */
}

static bool add_trace(Walk *walk, int at) {
    if (walk->found == walk->room) {
        int wanted = walk->room ? 2 * walk->room : 8;
        Trace *moved = PyMem_RawRealloc(walk->traces, (size_t)wanted * sizeof(Trace));
        if (moved == NULL) {
            return false;
        }
        walk->traces = moved;
        walk->room = wanted;
    }
    walk->traces[walk->found++]
        = (Trace){at, walk->lines[at], (unsigned char)_Py_OPCODE(units(walk)[at])};
    return true;
}

/* Whether what runs from here on leaves a trace before it leaves the line. */
static bool leaves_trace(Walk *walk, int at, int depth) {
    while (!(walk->marks[at] & VISITED)) {
        walk->marks[at] |= VISITED;
        int opcode = walk->plain[2 * at];
        if (opcode == RETURN_VALUE || opcode == YIELD_VALUE
            || (opcode == RAISE_VARARGS && walk->plain[2 * at + 1] > 0)) {
            return true; /* a `raise` of what was raised before is no event */
        }
        if (can_adapt(walk, at)
            && is_untouched(walk->code, at, (unsigned char)_Py_OPCODE(units(walk)[at]))) {
            return add_trace(walk, at);
        }
        int target = target_of(walk, at), next = after(walk, at);
        if ((direction_of(opcode) != 0 && target < 0) || opcode == RERAISE || opcode == RAISE_VARARGS) {
            return false;
        }
        if (target >= 0) {
            if (target <= at || walk->lines[target] != walk->lines[at] /* it may never end */
                || (goes_on(opcode) && (depth > 100 || !leaves_trace(walk, target, depth + 1)))) {
                return false;
            }
            if (!goes_on(opcode)) {
                at = target;
                continue;
            }
        }
        if (next >= walk->size || walk->lines[next] != walk->lines[at]) {
            return false;
        }
        at = next;
    }
    return true;
}

/* A varint of the exception table: six bits a byte, most significant first. */
static int read_varint(const unsigned char **at, const unsigned char *end) {
    int value = 0;
    while (*at < end) {
        unsigned char each = *(*at)++;
        value = (value << 6) | (each & 63);
        if (!(each & 64)) {
            break;
        }
    }
    return value;
}

/* Marks where a line may begin to run: after another one, by a jump from another, as a handler. */
static void mark_starts(Walk *walk) {
    int last = 0;
    for (int at = 0; at < walk->size; at = after(walk, at)) {
        walk->marks[at] |= IS_CODE;
        if (walk->lines[at] != last) {
            walk->marks[at] |= STARTS;
        }
        last = walk->lines[at];
        int target = target_of(walk, at);
        if (target >= 0 && walk->lines[target] != walk->lines[at]) {
            walk->marks[target] |= STARTS;
        }
    }
    PyObject *table = walk->code->co_exceptiontable;
    const unsigned char *at = (const unsigned char *)PyBytes_AS_STRING(table);
    const unsigned char *end = at + PyBytes_GET_SIZE(table);
    while (at < end) {
        (void)read_varint(&at, end);
        (void)read_varint(&at, end);
        int target = read_varint(&at, end);
        (void)read_varint(&at, end);
        if (target < walk->size) {
            walk->marks[target] |= STARTS;
        }
    }
}

/* -1: an error. */
static int is_wanted(Function *function, int number) {
    PyObject *line = PyLong_FromLong(number);
    int answer = line == NULL ? -1 : PySet_Contains(function->to_cover, line);
    if (answer == 1) {
        answer = PySet_Contains(function->lines, line);
        answer = answer < 0 ? -1 : !answer;
    }
    Py_XDECREF(line);
    return answer;
}

static bool read_lines(Walk *walk) {
    PyObject *ranges = PyObject_CallMethod((PyObject *)walk->code, "co_lines", NULL), *range;
    while (ranges != NULL && (range = PyIter_Next(ranges)) != NULL) {
        int start, end;
        PyObject *line;
        bool is_read = PyArg_ParseTuple(range, "iiO", &start, &end, &line);
        int number = is_read && line != Py_None ? (int)PyLong_AsLong(line) : 0;
        for (int at = start / 2; is_read && at < end / 2 && at < walk->size; at++) {
            walk->lines[at] = number;
        }
        Py_DECREF(range);
    }
    Py_XDECREF(ranges);
    bool failed = PyErr_Occurred() != NULL;
    PyErr_Clear();
    return !failed;
}

static bool all_leave_traces(Function *function, Walk *walk) {
    if (!read_lines(walk)) {
        return false;
    }
    mark_starts(walk);
    int last = 0, answer = 0;
    for (int at = 0; at < walk->size; at++) {
        if (!(walk->marks[at] & IS_CODE) || !(walk->marks[at] & STARTS) || !walk->lines[at]) {
            continue;
        }
        if (walk->lines[at] != last) {
            last = walk->lines[at];
            answer = is_wanted(function, last);
        }
        if (answer < 0) {
            PyErr_Clear();
            return false;
        }
        if (answer && !leaves_trace(walk, at, 0)) {
            return false;
        }
    }
    return true;
}

static Function **looked_at = NULL;
static size_t looked_at_size = 0;

static bool keep(Function *function) {
    Function **moved = PyMem_RawRealloc(looked_at, (looked_at_size + 1) * sizeof(Function *));
    if (moved == NULL) {
        return false;
    }
    looked_at = moved;
    looked_at[looked_at_size++] = function;
    return true;
}

static void infer(Function *function) {
    PyCodeObject *code = (PyCodeObject *)function->code;
    Walk walk = {.code = code, .size = (int)Py_SIZE(code)};
    if (code->co_warmup != 0 || walk.size > MOST_UNITS) {
        return; /* not adapting yet */
    }
    PyObject *bytes = PyCode_GetCode(code);
    if (bytes == NULL) {
        PyErr_Clear();
        return;
    }
    walk.plain = (const unsigned char *)PyBytes_AS_STRING(bytes);
    walk.lines = PyMem_RawCalloc((size_t)walk.size + 1, sizeof(int));
    walk.marks = PyMem_RawCalloc((size_t)walk.size + 1, 1);
    bool is_all = walk.lines != NULL && walk.marks != NULL && all_leave_traces(function, &walk);
    PyMem_RawFree(walk.lines);
    PyMem_RawFree(walk.marks);
    Py_DECREF(bytes);
    if (is_all && walk.traces == NULL) { /* nothing but ends: it still says that it was looked at */
        walk.traces = PyMem_RawCalloc(1, sizeof(Trace));
    }
    if (is_all && walk.traces != NULL && keep(function)) {
        function->traces = walk.traces;
        function->traces_size = walk.found;
    }
    else {
        PyMem_RawFree(walk.traces);
    }
}

/* A line ran, of a function of which others are left; it may be no news. */
void line_idle(Function *function, bool is_news) {
    if (is_news) {
        function->idle = 0;
        function->looks -= function->looks > MOST_LOOKS;
        return;
    }
    if (function->traces == NULL && function->looks <= MOST_LOOKS
        && ++function->idle >= FIRST_LOOK << (2 * function->looks)) {
        function->looks++;
        function->idle = 0;
        infer(function);
    }
}

/* What has adapted itself by now ran. */
void look_at_traces(void) {
    for (size_t i = 0; i < looked_at_size; i++) {
        Function *function = looked_at[i];
        for (int j = 0; j < function->traces_size; j++) {
            Trace *trace = &function->traces[j];
            if (trace->opcode
                && !is_untouched((PyCodeObject *)function->code, trace->at, trace->opcode)) {
                if (add_line(function, trace->line) < 0) {
                    PyErr_Clear();
                    return; /* the next time */
                }
                trace->opcode = 0;
            }
        }
    }
}

#else

void line_idle(Function *function, bool is_news) {
    (void)function;
    (void)is_news;
}

void look_at_traces(void) {}

#endif
