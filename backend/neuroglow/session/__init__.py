"""A run that lives: its state machine, its edits, its frames; and the worker process that hosts many."""
