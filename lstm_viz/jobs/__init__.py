"""Run long work in a separate process: start a generator function, poll what it yields, stop it at once.

    job = jobs.start(function, *args)
    job.poll()      # what was yielded since the last poll
    job.done, job.error, job.waiting, job.stop()

All work of this server shares one pool: one job for each core, and further jobs take turns.
"""

import atexit

from lstm_viz.jobs.pool import ABSENT_SECONDS, IDLE_SECONDS, Job, Pool, default_limit

__all__ = ["ABSENT_SECONDS", "IDLE_SECONDS", "Job", "Pool", "close", "start", "warm"]

_POOL = Pool(default_limit())
start, warm, close = _POOL.start, _POOL.warm, _POOL.close
atexit.register(close)
