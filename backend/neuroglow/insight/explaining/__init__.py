"""Why a network answers what it answers: what in a sample, which units, which rows."""
