#include <string.h>

#include "writing.h"

static void put_character(struct writer *writer, uint32_t code)
{
    uint8_t bytes[4];
    uint64_t length;

    if (code < 0x80) {
        bytes[0] = (uint8_t)code;
        length = 1;
    } else if (code < 0x800) {
        bytes[0] = (uint8_t)(0xC0 | code >> 6);
        length = 2;
    } else if (code < 0x10000) {
        bytes[0] = (uint8_t)(0xE0 | code >> 12);
        length = 3;
    } else {
        bytes[0] = (uint8_t)(0xF0 | code >> 18);
        length = 4;
    }
    for (uint64_t n = 1; n < length; n++)
        bytes[n] = (uint8_t)(0x80 | (code >> 6 * (length - 1 - n) & 0x3F));
    put(writer, bytes, length);
}

/* Writes a character as COPY and LOAD DATA read it: their escapes are the same. */
static void put_for_load(struct writer *writer, uint32_t code)
{
    switch (code) {
    case '\\': put(writer, "\\\\", 2); break;
    case '\t': put(writer, "\\t", 2); break;
    case '\n': put(writer, "\\n", 2); break;
    case '\r': put(writer, "\\r", 2); break;
    default: put_character(writer, code);
    }
}

/* Writes a character of a JSON text as they read it: each backslash of its own twice. */
static void put_for_json(struct writer *writer, uint32_t code)
{
    static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt", hex[] = "0123456789abcdef";
    const char *found = code < 0x80 ? memchr(special, (int)code, sizeof special - 1) : NULL;

    if (found) {
        put(writer, "\\\\", 2);
        put_for_load(writer, (uint8_t)letters[found - special]);
    } else if (code < 0x20) {
        put(writer, "\\\\u00", 5);
        put_byte(writer, (uint8_t)hex[code >> 4]);
        put_byte(writer, (uint8_t)hex[code & 15]);
    } else {
        put_character(writer, code);
    }
}

/* Reads the character after \u, and the other half of a pair; the digits were looked at. */
static uint32_t unicode_escape(const uint8_t **at, const uint8_t *end)
{
    uint32_t unit = json_unit(*at, end), low;

    *at += 4;
    if (unit < 0xD800 || unit > 0xDBFF || end - *at < 6)
        return unit;
    low = json_unit(*at + 2, end);
    *at += 6;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

bool write_escaped(struct writer *writer, struct text text, bool in_json)
{
    void (*put_one)(struct writer *, uint32_t) = in_json ? put_for_json : put_for_load;
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const uint8_t *at = text.start;

    while (at < text.end) {
        const uint8_t *slash = memchr(at, '\\', (uint64_t)(text.end - at));
        uint64_t plain = (uint64_t)((slash ? slash : text.end) - at);
        const char *letter;

        put(writer, at, plain);
        at += plain;
        if (!slash || text.end - at < 2)
            break;
        at += 2;
        letter = memchr(letters, at[-1], sizeof letters - 1);
        if (letter)
            put_one(writer, (uint8_t)meant[letter - letters]);
        else if (at[-1] != 'u')
            put_one(writer, at[-1]);
        else if (text.end - at >= 4)
            put_one(writer, unicode_escape(&at, text.end));
        else
            return false;
    }
    return true;
}
