"""The least time in which a table can be read under the documented limits.

Computed from the rules alone, and from nothing the client does:

* a page of 50 rows takes ``page_seconds`` of the portal, as operating time and by the clock;
* a method may spend 480 s in ten minutes; the call that crosses the limit still completes.
  Spent at once, the seconds come back at once 600 s later;
* a batch holds 50 commands, runs them one after another and may take 60 s;
* 50 requests may go at once, then two a second; the bucket is full again after 600 s.

So whole windows cost 600 s each. What is left for the last one is read by as many batches
side by side as the bucket admits, each as long as the time allows.
"""

PAGES_A_CALL, CALL_SECONDS = 50, 60.0
BURST, CALLS_A_SECOND = 50, 2.0
WINDOW_SECONDS, OPERATING_SECONDS = 600.0, 480.0


def least_seconds(*, pages: int, page_seconds: float) -> float:
    """Seconds from the first request to the last answer."""
    pages_a_window = int(OPERATING_SECONDS / page_seconds) + 1
    full_windows = max(0, -(-pages // pages_a_window) - 1)
    rest = pages - full_windows * pages_a_window
    return full_windows * WINDOW_SECONDS + _least_in_window(rest, page_seconds)


def _least_in_window(pages: int, page_seconds: float) -> float:
    low, high = 0.0, WINDOW_SECONDS
    while high - low > 0.001:
        middle = (low + high) / 2
        if _readable(middle, page_seconds) >= pages:
            high = middle
        else:
            low = middle
    return high


def _readable(seconds: float, page_seconds: float) -> int:
    """Pages that calls ending within ``seconds`` can bring."""
    longest = min(PAGES_A_CALL, int(CALL_SECONDS / page_seconds))
    later = [seconds - call / CALLS_A_SECOND for call in range(1, int(seconds * CALLS_A_SECOND))]
    left = [seconds] * BURST + later
    return sum(min(longest, int(span / page_seconds)) for span in left)
