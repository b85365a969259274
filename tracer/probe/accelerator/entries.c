#include "entries.h"

#include <internal/pycore_code.h>

#include "files.h"
#include "texts.h"

#define MOST_FRAMES 100000 /* as in `telling.py` */

/* Where an argument is found: ABSENT: there is none; PLACE: a local of the frame; TEXT: the rule says
   it itself. */
typedef enum { ABSENT, PLACE, TEXT } Where;

typedef struct {
    Where where;
    int index;
    PyObject *text;
} Argument;

/* A rule of the table for one function, where it can be told here. */
typedef struct {
    const void *owner, *receiver; /* addresses: nothing of the target is kept alive; NULL: of any */
    bool is_method, is_own_only, is_keyed, is_of_a_file, has_part;
    PyObject *package, *default_mode, *payload_name;
    PyObject *fixed; /* by mode, what is said of each; Python adds to it */
    Argument unless, mode, keys, subject, payload;
} Match;

struct Entry {
    PyObject *reader;
    bool is_alone; /* nothing else is looked at */
    bool is_maker;
    Py_ssize_t size;
    Match *matches; /* NULL: Python reads it */
};

static PyObject *entries = NULL; /* by the address of the code, which lives on */
/* What Python answers of a value that is not plain: the path that it names, a summary. */
static PyObject *path_hook = NULL, *summary_hook = NULL;

static const void *object_with(Py_ssize_t identity) {
    size_t turned = (size_t)identity;
    return (const void *)(uintptr_t)((turned << 4) | (turned >> (8 * sizeof(size_t) - 4)));
}

Entry *entry_of(PyObject *code) {
    PyObject *capsule = entries == NULL ? NULL : item_at(entries, address_of(code));
    return capsule == NULL ? NULL : PyCapsule_GetPointer(capsule, NULL);
}

/* What reads it, where nothing but its effects is looked at. */
PyObject *entry_reader(Entry *entry) {
    return entry->is_alone ? entry->reader : NULL;
}

/* -- what a call is given ---------------------------------------------------------------------- */

static PyObject *value_of(const Argument *argument, Running *frame) {
    if (argument->where == TEXT) {
        return argument->text;
    }
    if (argument->where != PLACE) {
        return NULL;
    }
    PyCodeObject *code = (PyCodeObject *)code_of(frame);
    PyObject *value = frame->localsplus[argument->index];
    bool is_in_cell
        = _PyLocals_GetKind(code->co_localspluskinds, argument->index) & CO_FAST_CELL;
    return value != NULL && is_in_cell && PyCell_Check(value) ? PyCell_GET(value) : value;
}

static bool has_in_mro(PyTypeObject *type, const void *owner) {
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0; mro != NULL && i < PyTuple_GET_SIZE(mro); i++) {
        if (PyTuple_GET_ITEM(mro, i) == owner) {
            return true;
        }
    }
    return false;
}

static bool fits(const Match *match, PyObject *receiver) {
    if (match->receiver != NULL) {
        return receiver == match->receiver;
    }
    if (match->owner == NULL) {
        return true;
    }
    return receiver != NULL
           && (has_in_mro(Py_TYPE(receiver), match->owner)
               || (PyType_Check(receiver) && has_in_mro((PyTypeObject *)receiver, match->owner)));
}

/* The name of what is in a file, as it is given or as it has it: borrowed; NULL: none. */
static int member_of(const Argument *argument, Running *frame, PyObject **key) {
    *key = value_of(argument, frame);
    if (*key == NULL || PyBytes_CheckExact(*key)) {
        *key = NULL;
        return DONE;
    }
    if (!PyUnicode_CheckExact(*key)) {
        int answer = file_name_in(*key, key);
        if (answer != DONE || *key == NULL) {
            return answer;
        }
    }
    return is_text(*key) ? DONE : FOR_PYTHON;
}

/* -- what is said of it ------------------------------------------------------------------------ */

typedef struct {
    PyObject *varying[8]; /* owned */
    int size;
    PyObject *path, *keys; /* borrowed from it; NULL: none */
    PyObject *made;        /* what stands for the path from now on; NULL: nothing */
    bool is_nameless;      /* that has no name of its own */
} Said;

static int add(Said *said, const char *name, PyObject *value) {
    PyObject *text = PyUnicode_InternFromString(name);
    if (text == NULL || value == NULL) {
        Py_XDECREF(text);
        Py_XDECREF(value);
        return IS_ERROR;
    }
    said->varying[said->size++] = text;
    said->varying[said->size++] = value;
    return DONE;
}

static int say_keys(const Match *match, Running *frame, Said *said) {
    PyObject *key;
    int answer = member_of(&match->keys, frame, &key);
    if (answer != DONE || key == NULL) {
        return answer;
    }
    said->keys = PyTuple_Pack(1, key);
    return add(said, "keys", said->keys);
}

/* Have Python say one thing of a value: text, owned; NULL: it cannot, and no error is set. */
static PyObject *text_by(PyObject *hook, PyObject *const *given, size_t size) {
    if (hook == NULL) {
        return NULL;
    }
    PyThreadState *thread = PyThreadState_Get();
    PyObject *held = Py_NewRef(hook), *value = Py_NewRef(given[0]);
    PyThreadState_EnterTracing(thread);
    PyObject *text = PyObject_Vectorcall(held, given, size, NULL);
    PyThreadState_LeaveTracing(thread);
    Py_DECREF(held);
    Py_DECREF(value);
    if (text == NULL || !is_text(text)) {
        PyErr_Clear(); /* all of it is left to Python, which counts what it could not say */
        Py_CLEAR(text);
    }
    return text;
}

static int say_subject(const Match *match, Running *frame, Said *said) {
    PyObject *value = value_of(&match->subject, frame);
    if (value == NULL || value == Py_None) {
        return DONE;
    }
    if (match->subject.where == TEXT) {
        return add(said, "subject", Py_NewRef(value));
    }
    PyObject *path, *asked = NULL;
    int answer = file_path_of(value, &path);
    if (answer == FOR_PYTHON) {
        asked = path = text_by(path_hook, &value, 1);
        answer = path == NULL ? FOR_PYTHON : DONE;
    }
    if (answer != DONE) {
        return answer;
    }
    said->path = path;
    return add(said, "path", asked == NULL ? Py_NewRef(path) : asked);
}

static int say_payload(const Match *match, Running *frame, Said *said) {
    PyObject *value = value_of(&match->payload, frame);
    if (value == NULL || (value == Py_None && match->is_of_a_file)) {
        return DONE;
    }
    if (match->is_of_a_file) {
        return is_whole_path(value) ? add(said, "from", Py_NewRef(value)) : FOR_PYTHON;
    }
    if (PyBytes_CheckExact(value) && !match->has_part) {
        return add(said, "payload",
                   PyUnicode_FromFormat("bytes len %zd", PyBytes_GET_SIZE(value)));
    }
    if (PyUnicode_CheckExact(value) && !match->has_part) {
        return add(said, "payload",
                   PyUnicode_FromFormat("str len %zd", PyUnicode_GetLength(value)));
    }
    PyObject *given[3] = {value, match->payload_name, said->keys == NULL ? Py_None : said->keys};
    PyObject *text = text_by(summary_hook, given, 3);
    return text == NULL ? FOR_PYTHON : add(said, "payload", text);
}

static int say(const Match *match, Running *frame, Said *said) {
    int (*const parts[])(const Match *, Running *, Said *)
        = {say_keys, say_subject, say_payload};
    for (int i = 0; i < 3; i++) {
        int answer = parts[i](match, frame, said);
        if (answer != DONE) {
            return answer;
        }
    }
    return DONE;
}

/* What is said of each call with this mode; NULL without an error: Python has not said it yet. */
static PyObject *fixed_of(const Match *match, Running *frame) {
    PyObject *mode = value_of(&match->mode, frame);
    if (mode == NULL || !PyUnicode_CheckExact(mode)) {
        mode = match->default_mode;
    }
    return PyDict_GetItemWithError(match->fixed, mode);
}

static int remember(PyFrameObject *frame, PyObject *number) {
    if (PyDict_GET_SIZE(effect_numbers()) > MOST_FRAMES) {
        PyDict_Clear(effect_numbers());
    }
    PyObject *hash = identity_of(frame);
    int failed = hash == NULL || PyDict_SetItem(effect_numbers(), hash, number) < 0;
    Py_XDECREF(hash);
    return failed ? IS_ERROR : DONE;
}

/* The effect of which this call is but the library's own way to do it: borrowed. */
static int told_by(const Match *match, Running *frame, Running *caller, PyObject **number) {
    *number = NULL;
    if (caller == NULL || caller->frame_obj == NULL || decided(code_of(caller)) != TAPPED) {
        return DONE;
    }
    PyObject *found = item_at(effect_numbers(), identity_of(caller->frame_obj));
    PyObject *names = found == NULL ? NULL : files_named_by(found);
    if (names == NULL) {
        return PyErr_Occurred() ? IS_ERROR : DONE;
    }
    if (PyUnicode_Compare(PyTuple_GET_ITEM(names, 0), match->package) != 0) {
        return PyErr_Occurred() ? IS_ERROR : DONE;
    }
    PyObject *key;
    int answer = member_of(&match->keys, frame, &key);
    int is_named = answer != DONE || key == NULL
                       ? 1 : PySequence_Contains(PyTuple_GET_ITEM(names, 1), key);
    if (answer != DONE || is_named <= 0) {
        return is_named < 0 ? IS_ERROR : answer;
    }
    *number = found;
    return DONE;
}

static int tell_it(const Match *match, PyFrameObject *frame, const Cause *cause, PyObject *fixed,
                   const Said *said) {
    PyObject *varying = PyTuple_New(said->size);
    for (int i = 0; varying != NULL && i < said->size; i++) {
        PyTuple_SET_ITEM(varying, i, Py_NewRef(said->varying[i]));
    }
    PyObject *number = varying == NULL ? NULL : effect_told(cause, fixed, varying);
    Py_XDECREF(varying);
    if (number == NULL) {
        return IS_ERROR;
    }
    int answer = remember(frame, number);
    if (answer == DONE && said->path != NULL) {
        answer = file_touched(number, said->path, match->package, said->keys);
        if (answer == DONE && said->made != NULL) {
            answer = file_keep_open(said->made, said->path, said->is_nameless);
        }
    }
    Py_DECREF(number);
    return answer;
}

static int say_and_tell(const Entry *entry, const Match *match, PyFrameObject *object,
                        PyObject *receiver, const Cause *cause) {
    Running *frame = running_of(object);
    PyObject *unless = value_of(&match->unless, frame), *fixed = NULL;
    if ((match->is_own_only && !cause->is_own) || (unless != NULL && unless != Py_None)) {
        return remember(object, cause->outer);
    }
    Said said = {.made = entry->is_maker ? receiver : NULL};
    int answer = say(match, frame, &said);
    if (answer == DONE && said.made != NULL) {
        PyObject *name;
        answer = file_name_of(said.made, &name);
        said.is_nameless = name == NULL;
    }
    if (answer == DONE && match->is_keyed && said.keys == NULL) {
        answer = remember(object, cause->outer);
    }
    else if (answer == DONE) {
        bool is_around = PyLong_AsLongLong(cause->outer) != 0;
        fixed = fixed_of(match, frame);
        if (fixed == NULL || (entry->is_maker && said.path == NULL && is_around)) {
            answer = PyErr_Occurred() ? IS_ERROR : FOR_PYTHON; /* made anew of what is open, or so */
        }
        else {
            answer = tell_it(match, object, cause, fixed, &said);
        }
    }
    for (int i = 0; i < said.size; i++) {
        Py_DECREF(said.varying[i]);
    }
    return answer;
}

static int call_told(const Entry *entry, const Match *match, PyFrameObject *object,
                     PyObject *receiver) {
    Running *frame = running_of(object), *caller = caller_of(frame);
    PyObject *number;
    int answer = told_by(match, frame, caller, &number);
    if (answer != DONE) {
        return answer;
    }
    if (number != NULL) {
        Py_INCREF(number);
        answer = remember(object, number);
        Py_DECREF(number);
        return answer;
    }
    Cause cause;
    if (cause_of(caller, (PyObject *)object, true, match->package, &cause) < 0) {
        return IS_ERROR;
    }
    answer = say_and_tell(entry, match, object, receiver, &cause);
    cause_end(&cause);
    return answer;
}

/* A function begins: 1; 0: Python has to look at it, and nothing was done; -1: an error. */
int entry_told(Entry *entry, PyFrameObject *object) {
    Running *frame = running_of(object);
    if (entry->matches == NULL || !effects_are_heard()) {
        return FOR_PYTHON;
    }
    PyCodeObject *code = (PyCodeObject *)code_of(frame);
    Argument first = {code->co_argcount ? PLACE : ABSENT, 0, NULL};
    PyObject *receiver = value_of(&first, frame);
    for (Py_ssize_t i = 0; i < entry->size; i++) {
        const Match *match = &entry->matches[i];
        if (fits(match, receiver)) {
            return call_told(entry, match, object, match->is_method ? receiver : NULL);
        }
    }
    PyObject *hash = identity_of(object);
    if (hash != NULL && PyDict_GetItem(effect_numbers(), hash) != NULL) {
        (void)PyDict_DelItem(effect_numbers(), hash);
    }
    Py_XDECREF(hash);
    return PyErr_Occurred() ? IS_ERROR : DONE;
}

/* -- for Python -------------------------------------------------------------------------------- */

static int read_argument(PyObject *given, Argument *argument) {
    if (PyLong_CheckExact(given)) {
        argument->index = (int)PyLong_AsLong(given);
        argument->where = argument->index < 0 ? ABSENT : PLACE;
    }
    else if (PyUnicode_CheckExact(given)) {
        argument->where = TEXT;
        argument->text = Py_NewRef(given);
    }
    else {
        argument->where = ABSENT;
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int read_match(PyObject *given, Match *match) {
    Py_ssize_t owner, receiver;
    int is_method, is_own_only, is_keyed, is_of_a_file, has_part;
    PyObject *arguments;
    if (!PyArg_ParseTuple(given, "nnpppppUUUO!O!", &owner, &receiver, &is_method, &is_own_only,
                          &is_keyed, &is_of_a_file, &has_part, &match->package,
                          &match->default_mode, &match->payload_name, &PyDict_Type, &match->fixed, &PyTuple_Type,
                          &arguments)) {
        return -1;
    }
    Argument *wanted[] = {&match->unless, &match->mode, &match->keys, &match->subject,
                          &match->payload};
    if (PyTuple_GET_SIZE(arguments) != 5) {
        PyErr_SetString(PyExc_TypeError, "expected five arguments");
        return -1;
    }
    for (int i = 0; i < 5; i++) {
        if (read_argument(PyTuple_GET_ITEM(arguments, i), wanted[i]) < 0) {
            return -1;
        }
    }
    match->owner = owner ? object_with(owner) : NULL;
    match->receiver = receiver ? object_with(receiver) : NULL;
    match->is_method = is_method;
    match->is_own_only = is_own_only;
    match->is_keyed = is_keyed;
    match->is_of_a_file = is_of_a_file;
    match->has_part = has_part;
    Py_INCREF(match->package);
    Py_INCREF(match->default_mode);
    Py_INCREF(match->payload_name);
    Py_INCREF(match->fixed);
    return 0;
}

/* A function that the table names; no matches: Python reads it. */
static PyObject *add_entry(PyObject *module, PyObject *given) {
    PyObject *code, *reader, *matches;
    int is_maker, is_alone;
    if (!PyArg_ParseTuple(given, "O!OppO", &PyCode_Type, &code, &reader, &is_alone, &is_maker,
                          &matches)) {
        return NULL;
    }
    Entry *entry = entry_of(code);
    if (entry == NULL) {
        entry = PyMem_RawCalloc(1, sizeof(Entry));
        PyObject *capsule = entry == NULL ? PyErr_NoMemory() : PyCapsule_New(entry, NULL, NULL);
        PyObject *address = address_of(Py_NewRef(code));
        if (entries == NULL) {
            entries = PyDict_New();
        }
        if (capsule == NULL || address == NULL || entries == NULL
            || PyDict_SetItem(entries, address, capsule) < 0) {
            return NULL;
        }
        Py_DECREF(capsule);
        Py_DECREF(address);
        entry->reader = Py_NewRef(reader);
    }
    entry->is_maker = is_maker;
    entry->is_alone = is_alone;
    if (!PyTuple_CheckExact(matches) || PyTuple_GET_SIZE(matches) == 0) {
        Py_RETURN_NONE;
    }
    Py_ssize_t size = PyTuple_GET_SIZE(matches);
    Match *read = PyMem_RawCalloc((size_t)size, sizeof(Match));
    if (read == NULL) {
        return PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        if (read_match(PyTuple_GET_ITEM(matches, i), &read[i]) < 0) {
            return NULL;
        }
    }
    entry->size = size;
    entry->matches = read;
    Py_RETURN_NONE;
}

static PyObject *read_entry(PyObject *module, PyObject *frame) {
    Entry *entry = PyFrame_Check(frame)
                       ? entry_of(code_of(running_of((PyFrameObject *)frame))) : NULL;
    int answer = entry == NULL ? FOR_PYTHON : entry_told(entry, (PyFrameObject *)frame);
    return answer < 0 ? NULL : PyBool_FromLong(answer);
}

static PyObject *ask_of_values(PyObject *module, PyObject *given) {
    PyObject *path, *summary;
    if (!PyArg_ParseTuple(given, "OO", &path, &summary)) {
        return NULL;
    }
    Py_XSETREF(path_hook, Py_NewRef(path));
    Py_XSETREF(summary_hook, Py_NewRef(summary));
    Py_RETURN_NONE;
}

PyMethodDef functions_of_entries[] = {
    {"ask_of_values", ask_of_values, METH_VARARGS, NULL},
    {"add_entry", add_entry, METH_VARARGS, NULL},
    {"read_entry", read_entry, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
