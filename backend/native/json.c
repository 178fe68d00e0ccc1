#include "json.h"

#include <string.h>

#define DEEPEST 32

static bool any_value(struct reader *reader, struct value *value, int depth);

/* The length of the character of several bytes that begins here; 0: it is no UTF-8. */
static uint64_t character_length(const uint8_t *at, const uint8_t *end)
{
    uint8_t lowest = 0x80, highest = 0xBF;
    uint64_t length;

    if (*at >= 0xC2 && *at <= 0xDF)
        length = 2;
    else if (*at >= 0xE0 && *at <= 0xEF)
        length = 3;
    else if (*at >= 0xF0 && *at <= 0xF4)
        length = 4;
    else
        return 0;
    if ((uint64_t)(end - at) < length)
        return 0;
    if (*at == 0xE0)
        lowest = 0xA0;
    else if (*at == 0xED)
        highest = 0x9F; /* no halves of surrogate pairs */
    else if (*at == 0xF0)
        lowest = 0x90;
    else if (*at == 0xF4)
        highest = 0x8F;
    if (at[1] < lowest || at[1] > highest)
        return 0;
    for (uint64_t n = 2; n < length; n++)
        if (at[n] < 0x80 || at[n] > 0xBF)
            return 0;
    return length;
}

uint32_t json_unit(const uint8_t *at, const uint8_t *end)
{
    uint32_t unit = 0;

    if (end - at < 4)
        return UINT32_MAX;
    for (int n = 0; n < 4; n++) {
        uint8_t digit = at[n];
        unit <<= 4;
        if (digit >= '0' && digit <= '9')
            unit |= (uint32_t)(digit - '0');
        else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
            unit |= (uint32_t)((digit | 0x20) - 'a' + 10);
        else
            return UINT32_MAX;
    }
    return unit;
}

/* Reads what follows \u, one character: half of a pair takes the other one with it. */
static bool unicode_escape(struct reader *reader, struct value *value)
{
    uint32_t unit = json_unit(reader->at, reader->end);

    if (unit == UINT32_MAX)
        return false;
    reader->at += 4;
    if (unit >= 0xD800 && unit <= 0xDBFF && reader->end - reader->at >= 6 &&
        reader->at[0] == '\\' && reader->at[1] == 'u') {
        uint32_t low = json_unit(reader->at + 2, reader->end);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            reader->at += 6;
            return true;
        }
    }
    if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF))
        value->form = FORM_ODD;
    return true;
}

static bool escape(struct reader *reader, struct value *value)
{
    if (value->form == FORM_PLAIN)
        value->form = FORM_ESCAPED;
    if (reader->at >= reader->end)
        return false;
    switch (*reader->at++) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        return true;
    case 'u':
        return unicode_escape(reader, value);
    default:
        return false;
    }
}

/* Counts how many of eight bytes, from the first on, stand for themselves: no quote, no
 * backslash, no control character, nothing beyond ASCII. */
static uint64_t plain_bytes(const uint8_t *at)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t word, quotes, slashes, found;

    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    quotes = word ^ (ones * '"');
    slashes = word ^ (ones * '\\');
    /* A borrow may reach into the bytes behind the first one found, never into it. */
    found = ((word - ones * 0x20) | (quotes - ones) | (slashes - ones) | word) & tops;
    return found ? (uint64_t)__builtin_ctzll(found) / 8 : 8;
}

/* Goes to the next byte of a string that needs a look; returns how many were passed. */
static uint64_t pass_plain(struct reader *reader)
{
    const uint8_t *start = reader->at;

    while (reader->end - reader->at >= 8) {
        uint64_t count = plain_bytes(reader->at);
        reader->at += count;
        if (count < 8)
            return (uint64_t)(reader->at - start);
    }
    while (reader->at < reader->end && *reader->at >= 0x20 && *reader->at < 0x80 &&
           *reader->at != '"' && *reader->at != '\\')
        reader->at++;
    return (uint64_t)(reader->at - start);
}

bool json_string(struct reader *reader, struct value *value)
{
    value->type = TYPE_STRING;
    value->form = FORM_PLAIN;
    value->start = reader->at;
    value->characters = pass_plain(reader);
    while (reader->at < reader->end && *reader->at != '"') {
        if (*reader->at < 0x20)
            return false;
        if (*reader->at == '\\') {
            reader->at++;
            if (!escape(reader, value))
                return false;
        } else {
            uint64_t length = character_length(reader->at, reader->end);
            reader->broken_utf8 |= length == 0;
            reader->at += length ? length : 1;
        }
        value->characters += 1;
        if (reader->at < reader->end && *reader->at < 0x80)
            value->characters += pass_plain(reader);
    }
    value->end = reader->at;
    return json_take(reader, '"');
}

static bool digits(struct reader *reader)
{
    const uint8_t *start = reader->at;

    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return reader->at > start;
}

static bool number(struct reader *reader, struct value *value)
{
    value->type = TYPE_NUMBER;
    value->form = FORM_PLAIN;
    json_take(reader, '-');
    if (!json_take(reader, '0') && !digits(reader))
        return false;
    if (json_take(reader, '.')) {
        value->form = FORM_ODD;
        if (!digits(reader))
            return false;
    }
    if (json_take(reader, 'e') || json_take(reader, 'E')) {
        value->form = FORM_ODD;
        if (!json_take(reader, '+'))
            json_take(reader, '-');
        return digits(reader);
    }
    return true;
}

static bool word(struct reader *reader, const char *letters)
{
    uint64_t length = strlen(letters);

    if ((uint64_t)(reader->end - reader->at) < length || memcmp(reader->at, letters, length) != 0)
        return false;
    reader->at += length;
    return true;
}

static bool array(struct reader *reader, struct value *value, int depth)
{
    struct value item;

    value->type = TYPE_NOTHING;
    json_space(reader);
    if (json_take(reader, ']'))
        return true;
    value->type = TYPE_ARRAY;
    do {
        if (!any_value(reader, &item, depth + 1))
            return false;
        json_space(reader);
    } while (json_take(reader, ','));
    return json_take(reader, ']');
}

static bool object(struct reader *reader, struct value *value, int depth)
{
    struct value item;

    value->type = TYPE_OBJECT;
    json_space(reader);
    if (json_take(reader, '}'))
        return true;
    do {
        json_space(reader);
        if (!json_take(reader, '"') || !json_string(reader, &item))
            return false;
        json_space(reader);
        if (!json_take(reader, ':') || !any_value(reader, &item, depth + 1))
            return false;
        json_space(reader);
    } while (json_take(reader, ','));
    return json_take(reader, '}');
}

static bool bare(struct reader *reader, struct value *value, int depth)
{
    if (json_take(reader, '['))
        return array(reader, value, depth);
    if (json_take(reader, '{'))
        return object(reader, value, depth);
    if (word(reader, "null"))
        value->type = TYPE_NULL;
    else if (word(reader, "true"))
        value->type = TYPE_TRUE;
    else if (word(reader, "false"))
        value->type = TYPE_FALSE;
    else
        return number(reader, value);
    return true;
}

static bool any_value(struct reader *reader, struct value *value, int depth)
{
    if (depth > DEEPEST)
        return false;
    json_space(reader);
    if (json_take(reader, '"'))
        return json_string(reader, value);
    value->form = FORM_PLAIN;
    value->characters = 0;
    value->start = reader->at;
    if (!bare(reader, value, depth))
        return false;
    value->end = reader->at;
    return true;
}

bool json_value(struct reader *reader, struct value *value)
{
    return any_value(reader, value, 0);
}
