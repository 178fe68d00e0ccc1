/* Harms pages at random and has them typed in memory of exactly their size.
 *
 * Run by fuzz/run.sh with sanitizers, which end it at the first byte outside of what is given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cells.h"

#define MOST_BYTES 4096
#define MOST_ROWS 8
#define MOST_HOLES 40
#define CODES 14

static const char *const pages[] = {
    "[{\"A\":\"1\",\"B\":\"-20\",\"C\":\"0\",\"D\":\"1234.50\",\"E\":\"5|RUB\",\"F\":\"1.5|EUR\","
    "\"G\":\"12.50\",\"H\":\"Y\",\"I\":\"2024-02-29T03:00:00+03:00\"}]",
    "[{\"J\":\"2024-12-31T20:02:03-05:00\",\"A\":7},{\"A\":8,\"K\":\"a\\tb\\\\\\u0416\\ud83d\\ude00\","
    "\"L\":\"0\",\"M\":[\"a\\n\\\"\",\"\\u0001\",5],\"N\":{\"x\":[[],{}]}}]",
    "[{\"A\":1,\"M\":[\"\xd0\xb6\",\"\xf0\x9f\x98\x80\xe2\x82\xac\"],\"K\":\"\\ud800\",\"D\":-1.25e3}]",
    "[ {\"A\":\"3\",\"B\":null,\"H\":true,\"G\":0.25,\"D\":12,\"M\":[],\"L\":[false,{}]} , {} ]",
};
static const char harmful[] = "\"\\[]{},:0-.eutn|\x00\x1f\x80\xc3\xed\xf4\xff";

static uint64_t state;

static uint64_t below(uint64_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % limit;
}

/* Copies, harms and cuts a page; returns its length. */
static uint64_t harmed(uint8_t *page)
{
    const char *chosen = pages[below(sizeof pages / sizeof *pages)];
    uint64_t length = strlen(chosen);

    memcpy(page, chosen, length);
    for (uint64_t n = below(6); n > 0 && length > 4; n--) {
        uint64_t at = below(length), count = below(length - at) / 2, to = below(length);
        switch (below(4)) {
        case 0: page[at] = (uint8_t)harmful[below(sizeof harmful)]; break;
        case 1: page[at] ^= (uint8_t)(1 << below(8)); break;
        case 2: length = at; break;
        case 3:
            if (length + count >= MOST_BYTES)
                break;
            memmove(page + to + count, page + to, length - to);
            memmove(page + to, page + (at < to ? at : at + count), at < to && at + count > to ? 0 : count);
            length += count;
        }
    }
    return length;
}

static void demand(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void check(const struct typed *typed, int64_t rows, uint64_t length)
{
    int64_t lines = 0;

    if (rows == NOT_CERTAIN)
        return;
    demand(typed->text_length <= typed->text_room, "the text is longer than its room");
    demand(rows >= 0 && (uint64_t)rows <= typed->row_room, "there are more rows than room");
    demand(typed->hole_count <= typed->hole_room, "there are more holes than room");
    for (uint64_t n = 0; n < typed->text_length; n++)
        lines += typed->text[n] == '\n';
    demand(lines == rows, "a row is not one line");
    for (uint64_t n = 0; n < typed->hole_count; n++) {
        const struct hole *hole = &typed->holes[n];
        demand(hole->start <= length && hole->length <= length - hole->start,
               "a hole lies outside of the JSON");
        demand(hole->row < (uint64_t)rows, "a hole is in no row");
    }
}

static void type_once(struct plan *plan)
{
    uint8_t page[MOST_BYTES * 2];
    uint64_t length = harmed(page);
    uint8_t *json = malloc(length ? length : 1);
    struct typed typed = {
        .text_room = below(8) ? MOST_BYTES * 2 : below(200),
        .row_room = below(8) ? MOST_ROWS : below(3),
        .hole_room = below(8) ? MOST_HOLES : below(3),
    };

    /* Memory of their own: a single byte beyond is noticed. */
    typed.text = malloc(typed.text_room ? typed.text_room : 1);
    typed.ids = malloc((typed.row_room + !typed.row_room) * sizeof *typed.ids);
    typed.holes = malloc((typed.hole_room + !typed.hole_room) * sizeof *typed.holes);
    demand(json && typed.text && typed.ids && typed.holes, "there is no memory");
    memcpy(json, page, length);
    check(&typed, cells_typed(plan, json, length, &typed), length);
    free(typed.holes);
    free(typed.ids);
    free(typed.text);
    free(json);
}

int main(int count, char **words)
{
    uint64_t times = count > 1 ? strtoull(words[1], NULL, 10) : 100000;
    static const char letters[] = "ABCDEFGHIJKLMN";
    struct field fields[CODES];
    struct column columns[2 * CODES];
    struct plan plan = {fields, columns, CODES, 0, NULL, NULL, 0};

    state = count > 2 ? strtoull(words[2], NULL, 10) + 1 : 7;
    plan.values = malloc(CODES * sizeof *plan.values);
    plan.following = calloc(CODES + 1, sizeof *plan.following);
    demand(plan.values && plan.following, "there is no memory");
    for (uint32_t n = 0; n < CODES; n++) {
        fields[n] = (struct field){(const uint8_t *)letters + n, 1};
        columns[plan.column_count++] =
            (struct column){n, n % 3 ? 0 : 9, (uint8_t)(n < 12 ? n + 1 : n == 12 ? 11 : 0), n == 12};
    }
    for (uint32_t n = 1; n < CODES; n++)
        columns[plan.column_count++] = (struct column){n, 9, (uint8_t)(n % 13), n % 2};
    for (uint64_t n = 0; n < times; n++) {
        plan.mysql = (uint8_t)(n & 1);
        type_once(&plan);
    }
    free(plan.values);
    free(plan.following);
    return 0;
}
