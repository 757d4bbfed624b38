"""The time line: calls and changes of state in virtual time, as text. It is read after the event, so a test that passes doesn't pay for it."""
