"""Turn an error of the engine into a sentence on the page."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from app.components.page.markdown import sentence
from app.engine.commands import command
from app.engine.errors import NotFound, ServiceBusy, ServiceDown, WorkshopError
from app.i18n import _

logger = logging.getLogger(__name__)


def show_error(error: WorkshopError, note: str = "") -> None:
    """Say what is wrong and what to do next.

    Args:
        error: What is wrong.
        note: What a service that is down leaves on the page.
    """
    words = sentence(str(error))
    match error:
        case ServiceBusy():
            st.warning(f"{words} {_('This page keeps asking.')} {sentence(note)}", icon=":material/hourglass_top:")
        case ServiceDown():
            continues = _("This page continues by itself once it answers.")
            st.warning(f"{words} {continues} {sentence(note)}", icon=":material/cloud_off:")
        case NotFound():
            st.info(words, icon=":material/search_off:")
        case _other:
            st.error(words, icon=":material/error:")


@contextmanager
def explain() -> Iterator[None]:
    """Show an error in place of what the rest of the block would have shown.

    The block only draws. It returns no value: who needs one catches the error and calls
    `show_error`.
    """
    try:
        yield
    except WorkshopError as error:
        logger.warning("%s: %s", type(error).__name__, error)
        show_error(error)
    except Exception:  # Streamlit's own control flow is no Exception
        logger.exception("a fault of the panel")
        st.error(
            _("Something unexpected happened here. The panel's log has the details: {command}.").format(
                command=sentence(command("logs"))
            ),
            icon=":material/bug_report:",
        )
