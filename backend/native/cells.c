#include "cells.h"

#include <string.h>

#include "cell.h"

#define STRING_DIGITS 16 /* before the point of a NUMERIC(18,2) */
#define NUMBER_DIGITS 13 /* with two decimals the 15 that survive a double */

static struct text text_of(const struct value *value)
{
    return (struct text){value->start, value->end};
}

static uint64_t length_of(const struct value *value)
{
    return (uint64_t)(value->end - value->start);
}

static bool is_word(const struct value *value, const char *word)
{
    return length_of(value) == strlen(word) && memcmp(value->start, word, strlen(word)) == 0;
}

static bool is_string(const struct value *value)
{
    return value->type == TYPE_STRING && value->form == FORM_PLAIN;
}

static bool is_integer(const struct value *value)
{
    return value->type == TYPE_NUMBER && value->form == FORM_PLAIN;
}

/* Null, "", false and []: what every kind but one reads as "not set". */
static bool is_empty(const struct value *value)
{
    return value->type == TYPE_NULL || value->type == TYPE_FALSE || value->type == TYPE_NOTHING ||
           (value->type == TYPE_STRING && value->start == value->end);
}

static void put_null(struct writer *writer, const struct plan *plan)
{
    if (plan->mysql)
        put(writer, "\\N", 2);
}

static bool write_boolean(struct writer *writer, const struct value *value)
{
    static const char *const yes[] = {"1", "Y", "y", "true"}, *const no[] = {"0", "N", "n", "false"};

    if (value->type != TYPE_TRUE && value->type != TYPE_FALSE && !is_string(value) &&
        !is_integer(value))
        return false;
    for (int n = 0; n < 4; n++) {
        if (!is_word(value, yes[n]) && !is_word(value, no[n]))
            continue;
        put_byte(writer, is_word(value, yes[n]) ? '1' : '0');
        return true;
    }
    return false;
}

/* Finds the last bar of 1234.50|RUB; NULL when there is none. */
static const uint8_t *last_bar(const struct value *value)
{
    for (const uint8_t *at = value->end; at > value->start; at--)
        if (at[-1] == '|')
            return at - 1;
    return NULL;
}

static bool write_amount(struct writer *writer, const struct value *value)
{
    const uint8_t *bar = is_string(value) ? last_bar(value) : NULL;
    struct text text = text_of(value);

    if (bar)
        text.end = bar;
    return write_sum(writer, text, value->type == TYPE_STRING ? STRING_DIGITS : NUMBER_DIGITS);
}

static bool write_currency(struct writer *writer, const struct value *value,
                           const struct plan *plan)
{
    const uint8_t *bar;

    if (!is_string(value))
        return false;
    bar = last_bar(value);
    if (!bar) {
        put_null(writer, plan);
        return true;
    }
    if (value->end - bar != 4)
        return false;
    for (int n = 1; n < 4; n++)
        if (bar[n] < 'A' || bar[n] > 'Z')
            return false;
    put(writer, bar + 1, 3);
    return true;
}

static bool write_text(struct writer *writer, const struct value *value, uint32_t limit)
{
    if (is_integer(value))
        return (!limit || length_of(value) <= limit) && write_whole(writer, text_of(value));
    if (value->type != TYPE_STRING || value->form == FORM_ODD ||
        (limit && value->characters > limit))
        return false;
    if (value->form == FORM_ESCAPED)
        return write_escaped(writer, text_of(value), false);
    put(writer, value->start, length_of(value));
    return true;
}

static bool write_by_kind(struct writer *writer, const struct column *column,
                          const struct value *value, const struct plan *plan)
{
    bool is_number = value->type == TYPE_NUMBER;

    switch (column->kind) {
    case KIND_BOOLEAN:
        return write_boolean(writer, value);
    case KIND_TEXT:
        return write_text(writer, value, column->limit);
    case KIND_CURRENCY:
        return write_currency(writer, value, plan);
    case KIND_CHOICE:
        return (is_string(value) || is_integer(value)) && write_text(writer, value, column->limit);
    }
    if (!is_number && !is_string(value))
        return false;
    switch (column->kind) {
    case KIND_KEY:
    case KIND_WHOLE:
        return write_whole(writer, text_of(value));
    case KIND_REFERENCE:
        return *value->start != '-' && write_whole(writer, text_of(value));
    case KIND_SUM:
        return write_sum(writer, text_of(value), is_number ? NUMBER_DIGITS : STRING_DIGITS);
    case KIND_AMOUNT:
        return write_amount(writer, value);
    case KIND_DOUBLE:
        return write_double(writer, text_of(value));
    case KIND_DAY:
        return !is_number && write_day(writer, text_of(value));
    case KIND_MOMENT:
        return !is_number && write_moment(writer, text_of(value));
    default:
        return false;
    }
}

static bool is_none(uint8_t kind, const struct value *value)
{
    bool zero = (is_string(value) || is_integer(value)) && is_word(value, "0");

    return zero && (kind == KIND_REFERENCE || kind == KIND_CHOICE);
}

static bool write_single(struct writer *writer, const struct column *column,
                         const struct value *value, const struct plan *plan)
{
    bool unset = column->kind == KIND_OTHER || column->kind == KIND_BOOLEAN
                     ? value->type != TYPE_FALSE && value->type != TYPE_NOTHING && is_empty(value)
                     : is_empty(value);

    if (column->kind == KIND_KEY || !(unset || is_none(column->kind, value)))
        return write_by_kind(writer, column, value, plan);
    put_null(writer, plan);
    return true;
}

/* Writes one item of a list: texts are quoted, whole numbers are not. */
static bool write_item(struct writer *writer, const struct column *column,
                       const struct value *value, const struct plan *plan)
{
    bool quoted = column->kind != KIND_WHOLE && column->kind != KIND_REFERENCE;
    bool is_set = value->start < value->end || column->kind == KIND_TEXT;

    if (!is_set || value->form == FORM_ODD || is_none(column->kind, value))
        return false;
    if (quoted)
        put_byte(writer, '"');
    if (column->kind == KIND_TEXT && value->form == FORM_ESCAPED)
        write_escaped(writer, text_of(value), true);
    else if (!write_by_kind(writer, column, value, plan))
        return false;
    if (quoted)
        put_byte(writer, '"');
    return true;
}

static bool write_list(struct writer *writer, const struct column *column,
                       const struct value *value, const struct plan *plan)
{
    struct column alone = {column->field, 0, column->kind, 0};
    struct reader reader = {value->start, value->end, false};
    const uint8_t *start = writer->at;
    struct value item;
    char before = '[';

    if (is_empty(value)) {
        put(writer, "[]", 2);
        return true;
    }
    if (value->type != TYPE_ARRAY || !json_take(&reader, '['))
        return false;
    do {
        put_byte(writer, (uint8_t)before);
        before = ',';
        if (!json_value(&reader, &item) || !write_item(writer, &alone, &item, plan))
            return false;
        json_space(&reader);
    } while (json_take(&reader, ','));
    put_byte(writer, ']');
    return !column->limit || (uint64_t)(writer->at - start) <= column->limit;
}

bool write_cell(struct writer *writer, const struct column *column, const struct value *value,
                const struct plan *plan)
{
    if (value->type == TYPE_ABSENT && column->kind != KIND_KEY) {
        put_null(writer, plan);
        return true;
    }
    if (!column->many)
        return write_single(writer, column, value, plan);
    if (column->kind == KIND_OTHER && !is_empty(value))
        return false;
    return write_list(writer, column, value, plan);
}
