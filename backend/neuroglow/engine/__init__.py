"""How it trains: state, programs, optimizers, batch order. Knows nothing of sessions, sockets or clocks."""
