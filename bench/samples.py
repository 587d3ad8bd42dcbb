# SPDX-License-Identifier: Apache-2.0
"""Timings in milliseconds and what a row of the table looks like."""

import statistics
import time


def timed(call):
    """How long one call took, in milliseconds."""
    begin = time.perf_counter()
    call()
    return (time.perf_counter() - begin) * 1000


def sample(call, count, warmup=5):
    for _ in range(min(warmup, count)):
        call()
    return [timed(call) for _ in range(count)]


def median(samples):
    return statistics.median(samples)


def p99(samples):
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def summary(samples):
    return f"{min(samples):.2f} / {median(samples):.2f} / {p99(samples):.2f}"


def row(name, ours, yardstick, ratio, bar, ok):
    return {"name": name, "ours": ours, "yardstick": yardstick, "ratio": ratio, "bar": bar, "ok": bool(ok)}
