"""Runs functions on threads of their own."""

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def on_own_thread(work: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a function run on a new thread, and wait for it.

    The AV1 encoder makes the thread that calls it a real-time one if it is allowed to, as root is.
    All that follows on that thread, and the processes that it starts, would then get the processor
    before all others. Two such tests that wait for ordinary threads, as those of NumPy's matrix
    products, leave those no processor at all on a machine with two.
    """

    @functools.wraps(work)
    def run(*words: Parameters.args, **options: Parameters.kwargs) -> Result:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work, *words, **options).result()

    return run
