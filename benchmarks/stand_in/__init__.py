"""A stand-in for a TES3MP server: the other end of `timmy_actors.player_client`'s protocol, for benchmarks and tests.

It is no server: it knows no game, and does only what the documented exchanges need.
"""
