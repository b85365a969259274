#include "tree.h"

#include "edges.h"

typedef struct {
    Running *frame; /* by its address alone: it is taken out when the frame ends */
    long long node;
    size_t position; /* among all that began here, or SIZE_MAX */
    PyObject *raised; /* the type of the last exception seen in it, or NULL */
} Live;

typedef struct {
    int64_t began, ended; /* moments; NOT_YET */
    Function *callee;
    uint32_t node, parent;
    int offset, through;
} Begun;

/* Of calls whose beginning is in the log already. */
typedef struct {
    int64_t ended; /* a moment */
    long long node;
} Ended;

typedef struct {
    long long node;
    PyObject *type;
} Raised;

bool tree_is_open = false;
size_t live_nodes = 0;

static long long most_nodes = 0, last_node = 0;
static Live *live = NULL;
static size_t live_mask = 0;
static Begun *begun = NULL;
static size_t begun_size = 0, begun_room = 0, begun_before = 0; /* the last: in the log */
static Ended *ended = NULL;
static size_t ended_size = 0, ended_room = 0;
static Raised *raised = NULL;
static size_t raised_size = 0, raised_room = 0;

#define NOT_YET INT64_MIN

/* Of items at the beginning. A block that grows while the program runs has `malloc` sort all that
   the program has freed: four times what the calls of a small program cost. */
#define FIRST_ROOM 16384

static int make_room(void **items, size_t size, size_t *room, size_t item_size) {
    if (size < *room) {
        return 0;
    }
    size_t wanted = *room ? 2 * *room : FIRST_ROOM;
    void *moved = PyMem_RawRealloc(*items, wanted * item_size);
    if (moved == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    *items = moved;
    *room = wanted;
    return 0;
}

void tree_open(long long most) {
    most_nodes = most < UINT32_MAX ? most : UINT32_MAX; /* more than any disk has room for */
    tree_is_open = most > 0;
    if (tree_is_open) {
        clock_begin();
        if (make_room((void **)&begun, begun_size, &begun_room, sizeof(Begun)) < 0
            || make_room((void **)&ended, ended_size, &ended_room, sizeof(Ended)) < 0) {
            PyErr_Clear(); /* the first call will try again */
        }
    }
}

void tree_close(void) {
    tree_is_open = false;
}

long long tree_next_node(void) {
    if (++last_node > most_nodes) {
        tree_is_open = false;
    }
    return last_node;
}

static inline size_t place_of(Running *frame) {
    return (size_t)(((uint64_t)(uintptr_t)frame * 0x9E3779B97F4A7C15u) >> 32) & live_mask;
}

static Live *find(Running *frame) {
    if (live == NULL) {
        return NULL;
    }
    for (size_t at = place_of(frame); live[at].frame != NULL; at = (at + 1) & live_mask) {
        if (live[at].frame == frame) {
            return &live[at];
        }
    }
    return NULL;
}

long long node_at(Running *frame) {
    Live *found = live_nodes ? find(frame) : NULL;
    return found == NULL ? 0 : found->node;
}

static int grow_live(void) {
    size_t room = live == NULL ? 256 : 2 * (live_mask + 1);
    Live *former = live;
    size_t former_room = live == NULL ? 0 : live_mask + 1;
    Live *moved = PyMem_RawCalloc(room, sizeof(Live));
    if (moved == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    live = moved;
    live_mask = room - 1;
    for (size_t i = 0; i < former_room; i++) {
        if (former[i].frame != NULL) {
            size_t at = place_of(former[i].frame);
            while (live[at].frame != NULL) {
                at = (at + 1) & live_mask;
            }
            live[at] = former[i];
        }
    }
    PyMem_RawFree(former);
    return 0;
}

/* The frame's own entry; `position` as in `Live`. */
static int enter(Running *frame, long long node, size_t position) {
    Live *found = find(frame);
    if (found == NULL) {
        if ((live == NULL || 2 * live_nodes > live_mask) && grow_live() < 0) {
            return -1;
        }
        size_t at = place_of(frame);
        while (live[at].frame != NULL) {
            at = (at + 1) & live_mask;
        }
        live[at] = (Live){frame, node, position, NULL};
        live_nodes++;
        return 0;
    }
    PyObject *former = found->raised;
    found->node = node;
    found->position = position;
    found->raised = NULL;
    Py_XDECREF(former);
    return 0;
}

int set_node(Running *frame, long long node) {
    return enter(frame, node, SIZE_MAX);
}

/* Takes an entry out, and moves those behind it that would not be found any more. */
static void take_out(Live *entry) {
    size_t hole = (size_t)(entry - live), at = hole;
    for (;;) {
        at = (at + 1) & live_mask;
        if (live[at].frame == NULL) {
            break;
        }
        size_t wanted = place_of(live[at].frame);
        if (((at - wanted) & live_mask) >= ((at - hole) & live_mask)) {
            live[hole] = live[at];
            hole = at;
        }
    }
    live[hole] = (Live){NULL, 0, 0, NULL};
    live_nodes--;
}

/* A call begins whose caller has a node, or that has no caller. */
int tree_begin(Function *callee, Running *frame, int offset, long long parent, int through) {
    long long node = tree_next_node();
    if (!tree_is_open) {
        return 0;
    }
    if (enter(frame, node, begun_before + begun_size) < 0
        || make_room((void **)&begun, begun_size, &begun_room, sizeof(Begun)) < 0) {
        return -1;
    }
    begun[begun_size++]
        = (Begun){moment(), NOT_YET, callee, (uint32_t)node, (uint32_t)parent, offset, through};
    return 0;
}

void tree_raise(Running *frame, PyObject *type) {
    Live *found = live_nodes ? find(frame) : NULL;
    if (found != NULL) {
        PyObject *former = found->raised;
        found->raised = Py_NewRef(type);
        Py_XDECREF(former);
    }
}

int tree_end_slow(Running *frame, PyObject *type) {
    Live *found = find(frame);
    if (found == NULL) {
        return 0;
    }
    long long node = found->node;
    size_t position = found->position - begun_before; /* huge where it was told, or SIZE_MAX */
    PyObject *last = found->raised; /* ours from here on */
    take_out(found);
    int failed = 0;
    if (position < begun_size) {
        begun[position].ended = moment();
    }
    else if (!(failed = make_room((void **)&ended, ended_size, &ended_room, sizeof(Ended)))) {
        ended[ended_size++] = (Ended){moment(), node};
    }
    if (type == Py_None) {
        type = last;
    }
    if (!failed && type != NULL) {
        failed = make_room((void **)&raised, raised_size, &raised_room, sizeof(Raised));
        if (!failed) {
            raised[raised_size++] = (Raised){node, Py_NewRef(type)};
        }
    }
    Py_XDECREF(last); /* may run code, and so comes last */
    return failed;
}

/* All records of a long run pass through here: two digits at once, and straight to their place. */
static inline char *put_number(char *at, long long number) {
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    if (number < 0) {
        *at++ = '-';
    }
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number, limit = 10;
    int size = 1;
    while (size < 19 && rest >= limit) {
        limit *= 10;
        size++;
    }
    char *end = at + size, *each = end;
    for (; rest >= 100; rest /= 100) {
        each -= 2;
        memcpy(each, pairs + 2 * (rest % 100), 2);
    }
    if (rest >= 10) {
        memcpy(at, pairs + 2 * rest, 2);
    }
    else {
        *at = (char)('0' + rest);
    }
    return end;
}

static char *put_next(char *at, long long number) {
    *at++ = ',';
    return put_number(at, number);
}

#define LONGEST_RECORD (7 * 21 + 4)
#define MOST_TOLD 20000 /* at once, for the sake of memory */

static char *put_begun(char *at, const Begun *each, long long zero) {
    *at++ = '[';
    at = put_number(at, each->node);
    at = put_next(at, each->parent);
    at = put_next(at, each->callee->number);
    at = put_next(at, each->offset);
    at = put_next(at, each->through ? number_through(each->through) : 0);
    long long since = (moment_ns(each->began) - zero) / 1000;
    at = put_next(at, since);
    at = put_next(
        at, each->ended == NOT_YET ? -1 : (moment_ns(each->ended) - zero) / 1000 - since
    );
    *at++ = ']';
    *at++ = ',';
    return at;
}

static bool has_numbers(const Begun *each) {
    return each->callee->number && (!each->through || number_through(each->through));
}

static char *put_ended(char *at, const Ended *each, long long zero) {
    *at++ = '[';
    at = put_number(at, each->node);
    at = put_next(at, (moment_ns(each->ended) - zero) / 1000);
    *at++ = ']';
    *at++ = ',';
    return at;
}

static void drop_first(void *items, size_t dropped, size_t *size, size_t item_size) {
    *size -= dropped;
    if (dropped && *size) {
        memmove(items, (char *)items + dropped * item_size, *size * item_size);
    }
}

/* A line with room for so many items between its two ends; nothing but it is made. */
static PyObject *new_record(const char *beginning, size_t items, char **at) {
    size_t begun = strlen(beginning);
    PyObject *line
        = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(begun + items * LONGEST_RECORD + 3));
    if (line != NULL) {
        *at = PyBytes_AS_STRING(line);
        memcpy(*at, beginning, begun);
        *at += begun;
    }
    return line;
}

/* Closes it; the last item ends in a comma. Without any it is empty. */
static int end_record(PyObject **line, size_t items, char *at) {
    char *first = PyBytes_AS_STRING(*line);
    if (items) {
        at[-1] = ']';
        *at++ = '}';
        *at++ = '\n';
    }
    else {
        at = first;
    }
    return _PyBytes_Resize(line, at - first);
}

/* What began and ended since the last time, in lines of the log, at most so many at once. Calls
   that need a number which the log does not have yet wait, and all that began
   later. */
PyObject *news_of_tree(long long zero) {
    size_t begins = 0, ends = ended_size < MOST_TOLD ? ended_size : MOST_TOLD;
    while (begins < begun_size && begins < MOST_TOLD && has_numbers(&begun[begins])) {
        begins++;
    }
    char *at_begun = NULL, *at_ended = NULL;
    PyObject *of_begun = new_record("{\"t\":\"tree\",\"calls\":[", begins, &at_begun);
    PyObject *of_ended = new_record("{\"t\":\"tree_ended\",\"at\":[", ends, &at_ended);
    if (of_begun == NULL || of_ended == NULL) {
        Py_XDECREF(of_begun);
        Py_XDECREF(of_ended);
        return NULL;
    }
    clock_compare();
    for (size_t i = 0; i < begins; i++) {
        at_begun = put_begun(at_begun, &begun[i], zero);
    }
    for (size_t i = 0; i < ends; i++) {
        at_ended = put_ended(at_ended, &ended[i], zero);
    }
    drop_first(begun, begins, &begun_size, sizeof(Begun));
    begun_before += begins;
    drop_first(ended, ends, &ended_size, sizeof(Ended));
    /* Only from here on may objects that are made bring collections, and with them finalizers. */
    if (end_record(&of_begun, begins, at_begun) < 0 || end_record(&of_ended, ends, at_ended) < 0) {
        Py_XDECREF(of_begun);
        Py_XDECREF(of_ended);
        return NULL;
    }
    return Py_BuildValue("(NN)", of_begun, of_ended);
}

#define NAMES_KEPT 16
#define MOST_GROUPS 64 /* for each, all that was raised is looked through */
#define TOLD (-1) /* in place of a node */

/* Puts the text of each type into its place; the last few are not asked for again. */
static int name_types(Raised *items, size_t size, PyObject *name_of) {
    Raised kept[NAMES_KEPT] = {{0, NULL}};
    PyObject *texts[NAMES_KEPT] = {NULL};
    int next = 0;
    bool failed = false;
    for (size_t i = 0; i < size && !failed; i++) {
        int at = 0;
        while (at < NAMES_KEPT && kept[at].type != items[i].type) {
            at++;
        }
        if (at == NAMES_KEPT) {
            at = next++ % NAMES_KEPT;
            Py_XSETREF(texts[at], PyObject_CallOneArg(name_of, items[i].type));
            Py_XSETREF(kept[at].type, Py_NewRef(items[i].type));
            failed = texts[at] == NULL;
        }
        if (!failed) {
            Py_SETREF(items[i].type, Py_NewRef(texts[at]));
        }
    }
    for (int at = 0; at < NAMES_KEPT; at++) {
        Py_XDECREF(texts[at]);
        Py_XDECREF(kept[at].type);
    }
    return failed ? -1 : 0;
}

static bool is_told(const Raised *each) {
    return PyUnicode_Check(each->type) && PyUnicode_IS_COMPACT_ASCII(each->type);
}

/* `["ValueError",[1,2]],` of all items from the first on that have its text; they are marked. */
static char *put_raised(char *at, Raised *first, const Raised *end) {
    PyObject *text = first->type;
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    *at++ = '[';
    memcpy(at, PyUnicode_1BYTE_DATA(text), (size_t)length);
    at += length;
    *at++ = ',';
    *at++ = '[';
    for (Raised *each = first; each < end; each++) {
        if (each->type == text) {
            at = put_number(at, each->node);
            *at++ = ',';
            each->node = TOLD;
        }
    }
    at[-1] = ']';
    *at++ = ']';
    *at++ = ',';
    return at;
}

/* A line on the nodes that an exception ended, by what Python says for its type: a JSON text, or
   None where that is nothing to tell. Empty where there is none. */
PyObject *news_of_raised(PyObject *name_of) {
    Raised *taken = raised;
    size_t size = raised_size, room = raised_room, told = 0, letters = 0;
    raised = NULL;
    raised_size = raised_room = 0;
    PyObject *line = NULL;
    char *at = NULL;
    if (name_types(taken, size, name_of) == 0) {
        for (size_t i = 0; i < size; i++) {
            if (is_told(&taken[i])) {
                letters += (size_t)PyUnicode_GET_LENGTH(taken[i].type) + 26;
            }
        }
        line = new_record("{\"t\":\"tree_raised\",\"ends\":[", letters / LONGEST_RECORD + 1, &at);
    }
    for (size_t i = 0; i < size; i++) {
        if (line != NULL && taken[i].node != TOLD && is_told(&taken[i])) {
            at = put_raised(at, &taken[i], told < MOST_GROUPS ? taken + size : &taken[i + 1]);
            told++;
        }
    }
    for (size_t i = 0; i < size; i++) {
        Py_DECREF(taken[i].type);
    }
    if (raised == NULL) { /* nothing was raised meanwhile */
        raised = taken;
        raised_room = room;
    }
    else {
        PyMem_RawFree(taken);
    }
    if (line != NULL && end_record(&line, told, at) < 0) {
        return NULL;
    }
    return line;
}

/* This process is a fork: what there is to tell is its parent's. */
void tree_forget(void) {
    Raised *taken = raised;
    size_t size = raised_size;
    raised = NULL;
    begun_before += begun_size;
    begun_size = ended_size = raised_size = raised_room = 0;
    for (size_t i = 0; i < size; i++) {
        Py_DECREF(taken[i].type);
    }
    PyMem_RawFree(taken);
}
