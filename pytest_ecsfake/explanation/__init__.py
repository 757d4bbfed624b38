"""Why things are as they are: sentences made from the state, the journal and the recorded calls, after the fact.

One module for each subject says what it finds (`Finding`); `explain.py` puts them in order. Nothing is kept for an explanation while calls are
answered: where the state lacks a fact, the engine's own questions are asked again.
"""
