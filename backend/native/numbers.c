#include "writing.h"

#define WHOLE_DIGITS 18    /* any of them fit 64 bits */
#define DOUBLE_DIGITS 10   /* with the decimals fewer than the 15 that survive a double */
#define DOUBLE_DECIMALS 4

/* A decimal number in its parts. */
struct decimal {
    const uint8_t *whole; /* its first digit, behind the sign */
    int digits;
    const uint8_t *decimals;
    int decimal_digits;
    bool negative;
};

static const uint8_t *past_digits(const uint8_t *at, const uint8_t *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* Takes a number apart: no idle zeros in front, no exponent, no -0, no -0.5, not too long. */
static bool taken_apart(struct text text, struct decimal *decimal, int most, int most_decimals)
{
    const uint8_t *point;

    decimal->negative = text.start < text.end && *text.start == '-';
    decimal->whole = text.start + decimal->negative;
    point = past_digits(decimal->whole, text.end);
    if (point == decimal->whole || point - decimal->whole > most)
        return false;
    decimal->digits = (int)(point - decimal->whole);
    if (*decimal->whole == '0' && (decimal->digits > 1 || decimal->negative))
        return false;
    decimal->decimals = point;
    decimal->decimal_digits = 0;
    if (point == text.end)
        return true;
    if (*point != '.' || text.end - point - 1 < 1 || text.end - point - 1 > most_decimals)
        return false;
    decimal->decimals = point + 1;
    decimal->decimal_digits = (int)(text.end - decimal->decimals);
    return past_digits(decimal->decimals, text.end) == text.end;
}

bool write_whole(struct writer *writer, struct text text)
{
    struct decimal decimal;

    if (!taken_apart(text, &decimal, WHOLE_DIGITS, 0))
        return false;
    put(writer, text.start, (uint64_t)(text.end - text.start));
    return true;
}

bool write_sum(struct writer *writer, struct text text, int most)
{
    struct decimal decimal;

    if (!taken_apart(text, &decimal, most, 2))
        return false;
    put(writer, text.start, (uint64_t)(text.end - text.start));
    if (decimal.decimal_digits == 0)
        put(writer, ".00", 3);
    if (decimal.decimal_digits == 1)
        put_byte(writer, '0');
    return true;
}

bool write_double(struct writer *writer, struct text text)
{
    struct decimal decimal;
    const uint8_t *end = text.end;

    if (!taken_apart(text, &decimal, DOUBLE_DIGITS, DOUBLE_DECIMALS))
        return false;
    if (decimal.decimal_digits) {
        while (end > decimal.decimals && end[-1] == '0')
            end--;
        if (end == decimal.decimals)
            end--; /* the point */
    }
    put(writer, text.start, (uint64_t)(end - text.start));
    return true;
}
