/* Moments of the call tree. To ask the system for each costs more than all else that is done for a
   call; so they are counts of the processor, where that is what the system's own clock goes by, and
   turned into its nanoseconds when they are told. */

#ifndef TRACER_CLOCK_H
#define TRACER_CLOCK_H

#include "frames.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <x86intrin.h>
#define HAS_TICKS 1
#endif

extern bool counts_ticks;

static inline int64_t moment(void) {
#ifdef HAS_TICKS
    if (counts_ticks) {
        return (int64_t)__rdtsc();
    }
#endif
    return now_ns();
}

void clock_begin(void);
void clock_compare(void);
int64_t moment_ns(int64_t moment);

#endif
