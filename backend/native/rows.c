#include <string.h>

#include "cell.h"
#include "cells.h"

/* One row being read, and all that was written of those before it. */
struct work {
    const struct plan *plan;
    const uint8_t *json;
    struct reader reader;
    struct writer writer;
    struct typed *typed;
    uint64_t row;
    const uint8_t *line; /* where its line begins */
    bool certain; /* of the row being read */
};

/* Takes the code that came next in the row before, if it comes again; so it mostly does. */
static bool take_guess(struct work *work, uint32_t guess)
{
    const uint8_t *at = work->reader.at;
    const struct field *field;

    if (guess >= work->plan->field_count)
        return false;
    field = &work->plan->fields[guess];
    if ((uint64_t)(work->reader.end - at) <= field->length || at[field->length] != '"' ||
        memcmp(field->code, at, field->length) != 0)
        return false;
    work->reader.at += field->length + 1;
    return true;
}

/* Looks a code up among all fields; their number when it is none of them. */
static uint32_t look_up(const struct plan *plan, const struct value *code)
{
    uint64_t length = (uint64_t)(code->end - code->start);
    uint32_t n = 0;

    if (code->form != FORM_PLAIN)
        return plan->field_count;
    while (n < plan->field_count && (plan->fields[n].length != length ||
                                     memcmp(plan->fields[n].code, code->start, length) != 0))
        n++;
    return n;
}

/* Reads a code and which field it is; false when it is no JSON. */
static bool read_code(struct work *work, uint32_t before, uint32_t *field)
{
    struct value code;

    json_space(&work->reader);
    if (!json_take(&work->reader, '"'))
        return false;
    *field = work->plan->following[before];
    if (!take_guess(work, *field)) {
        if (!json_string(&work->reader, &code))
            return false;
        *field = look_up(work->plan, &code);
        work->plan->following[before] = *field;
    }
    json_space(&work->reader);
    return json_take(&work->reader, ':');
}

/* Reads one "code": value; false when it is no JSON. */
static bool read_member(struct work *work, uint32_t *before)
{
    const struct plan *plan = work->plan;
    struct value value;
    uint32_t field;

    if (!read_code(work, *before, &field) || !json_value(&work->reader, &value))
        return false;
    json_space(&work->reader);
    if (field >= plan->field_count || plan->values[field].type != TYPE_ABSENT) {
        work->certain = false;
        return true;
    }
    plan->values[field] = value;
    *before = field;
    return true;
}

/* Reads the rest of a map of which the brace was taken. */
static bool read_row(struct work *work)
{
    uint32_t before = work->plan->field_count;

    memset(work->plan->values, 0, work->plan->field_count * sizeof *work->plan->values);
    work->certain = true;
    work->reader.broken_utf8 = false;
    json_space(&work->reader);
    if (!json_take(&work->reader, '}')) {
        do {
            if (!read_member(work, &before))
                return false;
        } while (json_take(&work->reader, ','));
        if (!json_take(&work->reader, '}'))
            return false;
    }
    work->certain &= !work->reader.broken_utf8;
    return true;
}

/* Leaves something to the caller; false when there is no room to say so. */
static bool leave(struct work *work, uint32_t column, const uint8_t *start, const uint8_t *end)
{
    struct typed *typed = work->typed;

    if (typed->hole_count >= typed->hole_room)
        return false;
    typed->holes[typed->hole_count++] = (struct hole){
        .row = work->row,
        .at = (uint64_t)(work->writer.at - work->line),
        .start = (uint64_t)(start - work->json),
        .length = (uint64_t)(end - start),
        .column = column,
    };
    return true;
}

/* The JSON of a value: of a string with its quotes. */
static bool leave_value(struct work *work, uint32_t column, const struct value *value)
{
    uint64_t quote = value->type == TYPE_STRING;

    return leave(work, column, value->start - quote, value->end + quote);
}

static bool write_cells(struct work *work)
{
    const struct plan *plan = work->plan;

    for (uint32_t n = 0; n < plan->column_count; n++) {
        const struct column *column = &plan->columns[n];
        const struct value *value = &plan->values[column->field];
        uint8_t *start;

        if (n)
            put_byte(&work->writer, '\t');
        start = work->writer.at;
        if (write_cell(&work->writer, column, value, plan))
            continue;
        work->writer.at = start;
        if (column->kind == KIND_KEY)
            work->certain = false;
        else if (!leave_value(work, n, value))
            return false;
    }
    return true;
}

static int64_t id_of(const struct value *value)
{
    const uint8_t *at = value->start;
    bool negative = at < value->end && *at == '-';
    int64_t id = 0;

    for (at += negative; at < value->end; at++)
        id = id * 10 + (*at - '0');
    return negative ? -id : id;
}

static bool write_row(struct work *work, const uint8_t *row_start)
{
    uint8_t *line = work->writer.at;
    uint64_t holes = work->typed->hole_count;

    work->line = line;
    if (work->row >= work->typed->row_room)
        return false;
    if (work->certain && !write_cells(work))
        return false;
    work->typed->ids[work->row] = 0;
    if (work->certain) {
        work->typed->ids[work->row] = id_of(&work->plan->values[work->plan->columns[0].field]);
    } else {
        work->writer.at = line;
        work->typed->hole_count = holes;
        if (!leave(work, NO_COLUMN, row_start, work->reader.at))
            return false;
    }
    put_byte(&work->writer, '\n');
    work->row++;
    return !work->writer.full;
}

static bool read_list(struct work *work)
{
    json_space(&work->reader);
    if (!json_take(&work->reader, '['))
        return false;
    json_space(&work->reader);
    if (json_take(&work->reader, ']'))
        return true;
    do {
        const uint8_t *start;

        json_space(&work->reader);
        start = work->reader.at;
        if (!json_take(&work->reader, '{') || !read_row(work) || !write_row(work, start))
            return false;
        json_space(&work->reader);
    } while (json_take(&work->reader, ','));
    return json_take(&work->reader, ']');
}

int64_t cells_typed(const struct plan *plan, const uint8_t *json, uint64_t length,
                    struct typed *typed)
{
    struct work work = {
        .plan = plan,
        .json = json,
        .reader = {json, json + length, false},
        .writer = {typed->text, typed->text + typed->text_room, false},
        .typed = typed,
    };

    typed->hole_count = 0;
    if (!read_list(&work))
        return NOT_CERTAIN;
    json_space(&work.reader);
    if (work.reader.at != work.reader.end)
        return NOT_CERTAIN;
    typed->text_length = (uint64_t)(work.writer.at - typed->text);
    return (int64_t)work.row;
}

uint32_t cells_version(void)
{
    return CELLS_VERSION;
}
