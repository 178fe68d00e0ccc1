/* One cell of a line. */
#ifndef BRIDGE24_CELL_H
#define BRIDGE24_CELL_H

#include "writing.h"

/* Writes the cell of a value; false when it is not certain, and what was written void. */
bool write_cell(struct writer *writer, const struct column *column, const struct value *value,
                const struct plan *plan);

#endif
