/* Types the rows of a list answer: JSON in, lines for COPY or LOAD DATA out.
 *
 * The contract with bridge24/sync/native.py, which describes these structures once more:
 *
 *  - Python is the reference. Only what is certain to be written there byte for byte alike is
 *    written here. One value that is not certain leaves a hole: its place in the line and where
 *    its JSON stands. A row that is not certain (an unknown or a doubled code, an ID that is none,
 *    bytes that are no UTF-8) is left as a whole: a hole in NO_COLUMN, and an empty line.
 *  - A list that is no list of maps in strict JSON, or for which there is no room, is refused as
 *    a whole: NOT_CERTAIN. Nothing that was written then counts.
 *  - Nothing is allocated, nothing is kept, nothing outside of the given memory is read or
 *    written. All of it belongs to the caller; one call at a time may use it.
 */
#ifndef BRIDGE24_CELLS_H
#define BRIDGE24_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#define CELLS_VERSION 1
#define NO_COLUMN UINT32_MAX
#define NOT_CERTAIN (-1)

/* How a value is read and written; what each of them is certain of stands in cells.c. */
enum kind {
    KIND_OTHER, /* only null and the empty text are certain */
    KIND_KEY,
    KIND_WHOLE,
    KIND_REFERENCE, /* 0 is none */
    KIND_SUM,       /* NUMERIC(18,2) */
    KIND_AMOUNT,    /* the sum of 1234.50|RUB */
    KIND_CURRENCY,  /* its currency */
    KIND_DOUBLE,
    KIND_BOOLEAN,
    KIND_DAY,
    KIND_MOMENT,
    KIND_TEXT,
    KIND_CHOICE /* a text of which 0 is none */
};

/* A code, without anything in it that JSON would escape. */
struct field {
    const uint8_t *code;
    uint64_t length;
};

struct column {
    uint32_t field; /* its place among the fields */
    uint32_t limit; /* most characters of a text, most bytes of a list; 0: any number */
    uint8_t kind;
    uint8_t many; /* a list, kept as JSON */
};

/* A value met in a row; see json.h. */
struct value {
    const uint8_t *start;
    const uint8_t *end;
    uint64_t characters;
    uint8_t type;
    uint8_t form;
};

struct plan {
    const struct field *fields;
    const struct column *columns; /* in the order of their cells; the first is the key */
    uint32_t field_count;
    uint32_t column_count;
    struct value *values; /* scratch, one a field */
    uint32_t *following;  /* scratch, one a field and one more: which came after it last time */
    uint8_t mysql;        /* NULL is \N and not the empty text */
};

struct hole {
    uint64_t row;
    uint64_t at; /* place in the row's line */
    uint64_t start; /* place and length in the JSON */
    uint64_t length;
    uint32_t column;
};

struct typed {
    uint8_t *text; /* one line a row, each with its line end */
    uint64_t text_room;
    uint64_t text_length;
    int64_t *ids; /* of rows that are left: 0 */
    uint64_t row_room;
    struct hole *holes;
    uint64_t hole_room;
    uint64_t hole_count;
};

/* Returns the number of rows, or NOT_CERTAIN. */
__attribute__((visibility("default")))
int64_t cells_typed(const struct plan *plan, const uint8_t *json, uint64_t length,
                    struct typed *typed);

/* CELLS_VERSION of the library, so that an old one is not taken for a new one. */
__attribute__((visibility("default")))
uint32_t cells_version(void);

#endif
