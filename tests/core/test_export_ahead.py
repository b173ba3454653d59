"""Work in threads, in its own order."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from roto.export.ahead import cores, in_order, threads_for


class TestAhead:
    def test_results_are_in_order_however_long_each_takes(self):
        def piece(number):
            return lambda: (time.sleep(0.01 * (number % 3 == 0)), number)[1]

        assert list(in_order(map(piece, range(20)), 3, print)) == list(range(20))

    def test_no_more_than_asked_is_made(self):
        made = []

        def pieces():
            for number in range(50):
                made.append(number)
                yield lambda number=number: number

        results = in_order(pieces(), 2, print)
        for _ in range(5):
            next(results)
            assert len(made) <= 5 + 3
        results.close()

    def test_work_is_done_in_other_threads_and_pieces_are_made_here(self):
        here = threading.current_thread()
        makers, workers = set(), set()

        def pieces():
            for _ in range(4):
                makers.add(threading.current_thread())
                yield lambda: workers.add(threading.current_thread())

        list(in_order(pieces(), 2, print))
        assert makers == {here}
        assert here not in workers

    def test_memory_is_bounded(self):
        assert threads_for(2**40) == 1
        assert threads_for(0) >= 1

    @pytest.mark.skipif(sys.platform != "linux", reason="only there can cores be taken away")
    def test_cores_that_are_not_ours_are_not_counted(self):
        assert 1 <= cores() <= os.cpu_count()
        one = min(os.sched_getaffinity(0))
        code = f"import os; os.sched_setaffinity(0, [{one}]); "
        code += "from roto.export.ahead import cores, threads_for; print(cores(), threads_for(1))"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert found.stdout == "1 1\n", found.stderr
