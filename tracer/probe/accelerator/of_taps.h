/* What the probe sees of taps: functions of the module. */

#ifndef TRACER_OF_TAPS_H
#define TRACER_OF_TAPS_H

#include "frames.h"

extern PyMethodDef functions_of_taps[];

#endif
