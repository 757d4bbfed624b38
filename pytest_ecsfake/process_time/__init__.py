"""What the process sees of the fake's clock, and the clocks outside that may hold it: the only place that touches the process's time.

`sleeping.py` makes sleep virtual, `event_loops.py` lets event loops jump instead of waiting, `process_clock.py` moves what the process reads,
`outer_clock.py` reads and moves the clock of a test that has frozen its time.
"""
