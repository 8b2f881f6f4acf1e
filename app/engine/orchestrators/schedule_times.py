"""A schedule's times as people write and read them."""

from datetime import UTC, datetime

from cron_descriptor import Options, get_description
from cronsim import CronSim, CronSimError

from app.engine.errors import InvalidParameters
from app.engine.message import Message
from app.engine.orchestrators.contract import Cron
from workshop.facts import Schedule


def read_cron(expression: str) -> Cron:
    """Read a cron expression that somebody typed.

    Raises:
        InvalidParameters: this is not a cron expression; the sentence has the reason.
    """
    cron_in_words(expression)
    return Cron(expression.strip())


def cron_in_words(expression: str) -> str:
    """Say when a cron expression starts runs: `Every 2 minutes`.

    Raises:
        InvalidParameters: this is not a cron expression; the sentence has the reason.
    """
    try:
        CronSim(expression, datetime.now(UTC))
    except CronSimError as error:
        problem = Message(
            "`{expression}` is not a cron expression: {reason}. Every two minutes is `*/2 * * * *`.",
            expression=expression,
            reason=str(error).lower(),
        )
        raise InvalidParameters({"cron": problem}) from error
    options = Options()
    options.use_24hour_time_format = True
    options.locale_code = "en_US"
    return str(get_description(expression, options))


def in_words(schedule: Schedule) -> str:
    """Say when a schedule starts runs."""
    if schedule.words.startswith("every "):
        seconds = float(schedule.words.removeprefix("every ").removesuffix(" s"))
        return f"every {seconds / 60:g} min" if seconds >= 60 else schedule.words
    try:
        return f"{schedule.words} ({cron_in_words(schedule.words).lower()}, UTC)"
    except InvalidParameters:  # Prefect has a third kind, which is no cron expression
        return schedule.words
