/* What was told of effects, as lines of the log. */

#ifndef TRACER_RECORDS_H
#define TRACER_RECORDS_H

#include "frames.h"

extern PyMethodDef functions_of_records[];

#endif
