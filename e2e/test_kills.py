"""The server and its queries are killed at random moments under load; see kills.py."""

import kills


def test_a_house_that_is_killed_again_and_again_keeps_its_promises():
    said = kills.run(count=8, seed=1)
    assert "'the server'" in said
    # One at least, asked after the last kill.
    assert "'SUCCESS'" in said
