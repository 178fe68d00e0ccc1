/* Where lines are written, and the values that more than a copy is needed for. */
#ifndef BRIDGE24_WRITING_H
#define BRIDGE24_WRITING_H

#include <string.h>

#include "json.h"

struct writer {
    uint8_t *at;
    const uint8_t *end;
    bool full; /* something had no room: nothing of this counts */
};

static inline void put(struct writer *writer, const void *bytes, uint64_t length)
{
    if ((uint64_t)(writer->end - writer->at) < length) {
        writer->full = true;
        return;
    }
    memcpy(writer->at, bytes, length);
    writer->at += length;
}

static inline void put_byte(struct writer *writer, uint8_t byte)
{
    if (writer->at < writer->end)
        *writer->at++ = byte;
    else
        writer->full = true;
}

/* The text of a value: the content of a string, the digits of a number. */
struct text {
    const uint8_t *start;
    const uint8_t *end;
};

/* All of these: true when they were certain and wrote it. When not, they may have written
 * something that does not count. */

/* 0, or up to 18 digits that begin with none. */
bool write_whole(struct writer *writer, struct text text);

/* Up to `most` digits, a point and up to two more; both of these are always written. */
bool write_sum(struct writer *writer, struct text text, int most);

/* A decimal number that a double keeps, as Python's repr spells it, without an idle ".0". */
bool write_double(struct writer *writer, struct text text);

/* A day, or a moment: the day of a UTC midnight, else the day as it is written. */
bool write_day(struct writer *writer, struct text text);

/* A moment in UTC; one without an offset is in UTC. */
bool write_moment(struct writer *writer, struct text text);

/* What stands between quotes in JSON, as COPY and LOAD DATA read it; or JSON of it once more. */
bool write_escaped(struct writer *writer, struct text text, bool in_json);

#endif
