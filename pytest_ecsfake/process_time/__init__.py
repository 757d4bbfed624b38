"""What the process reads of the fake's clock, and the external clock that may hold it: the only room that touches the process's time.

`sleeping.py` makes sleep virtual, `event_loops.py` lets event loops jump instead of waiting, `process_clock.py` moves what the process reads,
`external_clock.py` reads and moves the clock of a test that has frozen its time.
"""
