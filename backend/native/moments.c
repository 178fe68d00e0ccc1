#include "writing.h"

#define DAY_LENGTH 10    /* 2024-08-30 */
#define SECOND_LENGTH 19 /* 2024-08-30T14:29:00 */
#define FULL_LENGTH 25   /* 2024-08-30T14:29:00+03:00 */
#define FIRST_YEAR 1001  /* MySQL's days begin with 1000, and an offset may take one away */
#define LAST_YEAR 9998
#define MOST_OFFSET_HOURS 14
#define DAY_SECONDS 86400

struct moment {
    int year, month, day;
    int seconds; /* since midnight */
    int offset;  /* seconds that UTC is behind */
};

/* Reads digits; -1 when one of them is none. */
static int read_digits(const uint8_t *at, int count)
{
    int number = 0;

    for (int n = 0; n < count; n++) {
        if (at[n] < '0' || at[n] > '9')
            return -1;
        number = number * 10 + (at[n] - '0');
    }
    return number;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

static bool read_day(const uint8_t *at, struct moment *moment)
{
    moment->year = read_digits(at, 4);
    moment->month = read_digits(at + 5, 2);
    moment->day = read_digits(at + 8, 2);
    return at[4] == '-' && at[7] == '-' && moment->year >= FIRST_YEAR &&
           moment->year <= LAST_YEAR && moment->month >= 1 && moment->month <= 12 &&
           moment->day >= 1 && moment->day <= month_days(moment->year, moment->month);
}

static bool read_time(const uint8_t *at, struct moment *moment)
{
    int hour = read_digits(at, 2), minute = read_digits(at + 3, 2), second = read_digits(at + 6, 2);

    moment->seconds = (hour * 60 + minute) * 60 + second;
    return at[2] == ':' && at[5] == ':' && hour >= 0 && hour <= 23 && minute >= 0 &&
           minute <= 59 && second >= 0 && second <= 59;
}

static bool read_offset(const uint8_t *at, struct moment *moment)
{
    int hours = read_digits(at + 1, 2), minutes = read_digits(at + 4, 2);

    moment->offset = (hours * 60 + minutes) * 60 * (at[0] == '-' ? -1 : 1);
    return (at[0] == '+' || at[0] == '-') && at[3] == ':' && hours >= 0 &&
           hours <= MOST_OFFSET_HOURS && minutes >= 0 && minutes <= 59;
}

static bool read_moment(struct text text, struct moment *moment)
{
    int64_t length = text.end - text.start;

    moment->seconds = moment->offset = 0;
    if (length != DAY_LENGTH && length != SECOND_LENGTH && length != FULL_LENGTH)
        return false;
    if (!read_day(text.start, moment) || length == DAY_LENGTH)
        return length == DAY_LENGTH && read_day(text.start, moment);
    if (text.start[DAY_LENGTH] != 'T' || !read_time(text.start + DAY_LENGTH + 1, moment))
        return false;
    return length == SECOND_LENGTH || read_offset(text.start + SECOND_LENGTH, moment);
}

static void next_day(struct moment *moment)
{
    if (++moment->day <= month_days(moment->year, moment->month))
        return;
    moment->day = 1;
    if (++moment->month > 12) {
        moment->month = 1;
        moment->year++;
    }
}

static void day_before(struct moment *moment)
{
    if (--moment->day >= 1)
        return;
    if (--moment->month < 1) {
        moment->month = 12;
        moment->year--;
    }
    moment->day = month_days(moment->year, moment->month);
}

static void to_utc(struct moment *moment)
{
    moment->seconds -= moment->offset;
    if (moment->seconds < 0) {
        moment->seconds += DAY_SECONDS;
        day_before(moment);
    } else if (moment->seconds >= DAY_SECONDS) {
        moment->seconds -= DAY_SECONDS;
        next_day(moment);
    }
}

static void put_digits(struct writer *writer, int number, int count)
{
    uint8_t digits[4];

    for (int n = count; n > 0; n--) {
        digits[n - 1] = (uint8_t)('0' + number % 10);
        number /= 10;
    }
    put(writer, digits, (uint64_t)count);
}

static void put_day(struct writer *writer, const struct moment *moment)
{
    put_digits(writer, moment->year, 4);
    put_byte(writer, '-');
    put_digits(writer, moment->month, 2);
    put_byte(writer, '-');
    put_digits(writer, moment->day, 2);
}

bool write_day(struct writer *writer, struct text text)
{
    struct moment moment, utc;

    if (!read_moment(text, &moment))
        return false;
    utc = moment;
    to_utc(&utc);
    put_day(writer, utc.seconds == 0 ? &utc : &moment);
    return true;
}

bool write_moment(struct writer *writer, struct text text)
{
    struct moment moment;

    if (!read_moment(text, &moment))
        return false;
    to_utc(&moment);
    put_day(writer, &moment);
    put_byte(writer, ' ');
    put_digits(writer, moment.seconds / 3600, 2);
    put_byte(writer, ':');
    put_digits(writer, moment.seconds / 60 % 60, 2);
    put_byte(writer, ':');
    put_digits(writer, moment.seconds % 60, 2);
    return true;
}
