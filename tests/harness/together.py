# SPDX-License-Identifier: Apache-2.0
"""Calls that begin at the same moment, and calls that go on while the test does something else."""

import threading
from concurrent.futures import ThreadPoolExecutor


def together(calls):
    """The results of all calls, in their order; none begins before every thread is there."""
    start = threading.Barrier(len(calls))

    def one(call):
        start.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(one, call) for call in calls]]


def behind(call, *arguments, **options):
    """A future of the call."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(call, *arguments, **options)
    pool.shutdown(wait=False)
    return future
