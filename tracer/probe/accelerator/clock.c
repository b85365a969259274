#include "clock.h"

#include <stdio.h>
#include <string.h>

#define SHORTEST_STRETCH_NS 10000000 /* shorter ones tell less than what is known already */

bool counts_ticks = false;

static int64_t at_ticks = 0, at_ns = 0;
static double ns_of_tick = 0;

/* The system uses the counter only after it has found it to go on at one rate on all cores. */
static bool system_counts_ticks(void) {
    bool is_so = false;
#ifdef HAS_TICKS
    char name[8] = {0};
    FILE *file = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
    if (file != NULL) {
        is_so = fgets(name, sizeof name, file) != NULL && strcmp(name, "tsc\n") == 0;
        (void)fclose(file);
    }
#endif
    return is_so;
}

/* Both clocks at one moment: the closest of three looks, since the system may take the processor
   away in the middle of one. */
static void look(int64_t *ticks, int64_t *ns) {
    int64_t closest = INT64_MAX;
    for (int i = 0; i < 3; i++) {
        int64_t before = moment(), now = now_ns(), after = moment();
        if (after - before < closest) {
            closest = after - before;
            *ticks = before + (after - before) / 2;
            *ns = now;
        }
    }
}

void clock_begin(void) {
    counts_ticks = system_counts_ticks();
    ns_of_tick = 0;
    if (counts_ticks) {
        look(&at_ticks, &at_ns);
    }
}

/* To be called before moments are told: the rate is that of the last stretch of time. */
void clock_compare(void) {
    int64_t ticks = 0, ns = 0;
    if (!counts_ticks) {
        return;
    }
    look(&ticks, &ns);
    if (ticks > at_ticks && (ns_of_tick == 0 || ns - at_ns >= SHORTEST_STRETCH_NS)) {
        ns_of_tick = (double)(ns - at_ns) / (double)(ticks - at_ticks);
        at_ticks = ticks;
        at_ns = ns;
    }
}

int64_t moment_ns(int64_t moment) {
    return counts_ticks ? at_ns + (int64_t)((double)(moment - at_ticks) * ns_of_tick) : moment;
}
