"""Feeds damaged and malicious input to the commands, and checks that they withstand it.

    python -m tests.fuzz --images 5000 --models 1000 --seed 1 --keep findings
    python -m tests.fuzz --replay findings/images-1-4711

The input is a pure function of seed and number: `images`, `models`, `lines` (histories and
logs), `videos` and `paths` make cases, by the mutations in `mutations`. `child` is the process in
which the commands run, so that a crash or a hang is one finding and not the end; `parent` starts
it and judges what comes back. `test_fuzz.py` runs a small sample with the other tests.
"""
