"""The same jobs on Celery. Run as a script: the producer."""

import os
import sys
import time

from celery import Celery
from redis import Redis

URL = os.environ["BENCH_REDIS"]
app = Celery("bench", broker=URL)
app.conf.task_ignore_result = True
app.conf.broker_connection_retry_on_startup = True
_done = 0


@app.task(name="bench.noop")
def noop(n, total):
    global _done
    _done += 1
    if _done >= total:
        Redis.from_url(URL).set("bench:done", time.time_ns())
        _done = 0


@app.task(name="bench.stamped")
def stamped(sent_ns):
    with open(os.environ["BENCH_LATENCIES"], "a") as file:
        file.write(f"{time.time_ns() - sent_ns}\n")


def main():
    mode, count, per_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    redis = Redis.from_url(URL)
    redis.delete("bench:done")
    started_ns, started = time.time_ns(), time.perf_counter()
    for n in range(count):
        if mode == "bulk":
            noop.delay(n, count)
        else:
            time.sleep(max(0.0, started + n / per_s - time.perf_counter()))
            stamped.delay(time.time_ns())
    while mode == "bulk" and not redis.exists("bench:done"):
        time.sleep(0.01)
    done_ns = int(redis.get("bench:done") or time.time_ns())
    print((done_ns - started_ns) / 1e9)


if __name__ == "__main__":
    main()
