"""A repair is made again and again, whatever it meets; what looks lost is given time to say how it ended."""

import time

from app.engine.stack.repair.rounds import FAILURES_TO_SAY, Rounds, SeenBefore, start_rounds
from tests.polling import wait_until


def test_what_a_repair_did_is_said():
    said: list[str] = []
    Rounds({"Runs": lambda: ["run a is over."]}, said.append).go()
    assert said == ["Repair: run a is over."]


def test_a_repair_that_fails_stops_no_other_and_is_said_once_until_it_works_again():
    said: list[str] = []
    broken = [True]

    def repair() -> list[str]:
        if broken[0]:
            raise ConnectionError("nobody answers")
        return []

    rounds = Rounds({"Runs": repair, "Others": lambda: ["other is over."]}, said.append)
    for _ in range(FAILURES_TO_SAY + 3):
        rounds.go()
    problems = [line for line in said if "could not" in line]
    assert problems == ["Repair: Runs could not be looked at, and will be again. ConnectionError: nobody answers"]
    assert said.count("Repair: other is over.") == FAILURES_TO_SAY + 3
    broken[0] = False
    rounds.go()
    broken[0] = True
    for _ in range(FAILURES_TO_SAY):
        rounds.go()
    assert len([line for line in said if "could not" in line]) == 2


def test_the_rounds_begin_at_once_and_go_on():
    made: list[float] = []

    def repair() -> list[str]:
        made.append(time.monotonic())
        return []

    thread = start_rounds({"Runs": repair}, seconds=0.01)
    wait_until(lambda: len(made) >= 3, 10, "three rounds")
    assert thread.daemon


def test_only_what_is_named_again_and_again_has_been_seen_for_long_enough():
    seen = SeenBefore(seconds=0.05)
    assert seen.of(["a", "b"]) == set()
    time.sleep(0.06)
    assert seen.of(["a"]) == {"a"}
    assert seen.of(["a", "b"]) == {"a"}
    assert SeenBefore(seconds=0).of(["a"]) == {"a"}
