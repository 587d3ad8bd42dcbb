# SPDX-License-Identifier: Apache-2.0
"""Waiting for something to become true, by asking again and again within a bound."""

import time


def wait_for(what, seconds=10.0, pause=0.02):
    """The first true value of `what()`."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        assert time.monotonic() < end, f"not true within {seconds} s: {what}"
        time.sleep(pause)
