"""Several people at the same moment: real threads, each with a connection of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

from django.db import connections, transaction

from libraries.refusal import Refused

PATIENCE = 60  # seconds; nobody waits for longer, a deadlock must not hang the suite
LAG = 0.1  # seconds that let one thread come to stand in the queue before the next
Work = Callable[[], Any]


def at_once(*works: Work, lags: Sequence[float] = ()) -> list[Any]:
    """Do all works at the same moment; each one's value, or the Refused it met, in their order.

    `lags` hold single works back by seconds, so that tries differ. Any other exception, such as
    a deadlock or a broken constraint, is raised here.
    """
    barrier = threading.Barrier(len(works))
    threads = [_Thread(work, lag, barrier) for work, lag in zip_longest(works, lags, fillvalue=0.0)]
    for thread in threads:
        thread.start()
    return _outcomes(threads)


def in_queue(hold: Work, *works: Work) -> list[Any]:
    """As `at_once`, but `hold` takes locks first and lets go when all works wait for them.

    PostgreSQL serves who waits in the order they came, SQLite as it happens.
    """
    threads = [_Thread(work, number * LAG) for number, work in enumerate(works)]
    with transaction.atomic():
        hold()
        for thread in threads:
            thread.start()
        time.sleep(LAG * (len(works) + 1))
    return _outcomes(threads)


def refusals(outcomes: Sequence[Any]) -> int:
    """How many of the works were refused."""
    return sum(isinstance(outcome, Refused) for outcome in outcomes)


class _Thread(threading.Thread):
    def __init__(self, work: Work, lag: float, barrier: threading.Barrier | None = None) -> None:
        super().__init__(daemon=True)
        self.work, self.lag, self.barrier = work, lag, barrier
        self.outcome: Any = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            if self.barrier is not None:
                self.barrier.wait(PATIENCE)
            time.sleep(self.lag)
            self.outcome = self.work()
        except Refused as refusal:
            self.outcome = refusal
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()


def _outcomes(threads: Sequence[_Thread]) -> list[Any]:
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the work never ended"
    for thread in threads:
        if thread.error is not None:
            raise thread.error
    return [thread.outcome for thread in threads]
