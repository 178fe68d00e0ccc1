/* Strict JSON (RFC 8259), value by value, without making anything of it. */
#ifndef BRIDGE24_JSON_H
#define BRIDGE24_JSON_H

#include "cells.h"

enum type {
    TYPE_ABSENT,
    TYPE_NULL,
    TYPE_TRUE,
    TYPE_FALSE,
    TYPE_NUMBER,
    TYPE_STRING, /* start and end are those of its content, without the quotes */
    TYPE_ARRAY,
    TYPE_NOTHING, /* an array without items */
    TYPE_OBJECT
};

/* Of a string, in the order of how much work it is. Of a number: only PLAIN or not. */
enum form {
    FORM_PLAIN,   /* the content is the text; an integer without an exponent */
    FORM_ESCAPED, /* something follows a backslash */
    FORM_ODD      /* U+0000, or half of a surrogate pair; a number that is no plain integer */
};

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool broken_utf8; /* met so far: the value is read on, and not to be trusted */
};

static inline void json_space(struct reader *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' ||
            *reader->at == '\r'))
        reader->at++;
}

/* Takes one byte if it comes next. */
static inline bool json_take(struct reader *reader, uint8_t byte)
{
    if (reader->at >= reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

/* Reads the next value; false when there is none in strict JSON, or it is nested too deep. */
bool json_value(struct reader *reader, struct value *value);

/* Reads the rest of a string of which the quote was taken. */
bool json_string(struct reader *reader, struct value *value);

/* Reads the four digits after \u; UINT32_MAX when they are none. */
uint32_t json_unit(const uint8_t *at, const uint8_t *end);

#endif
