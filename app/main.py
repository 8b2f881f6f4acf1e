"""Run the panel: settings → clients → steps → navigation."""

from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app.components.page import session
from app.components.page.errors import show_error
from app.components.reads.curriculum import steps as read_steps
from app.engine.curriculum.steps import Step
from app.engine.errors import ContentError
from app.i18n import _
from app.views import step
from app.views.pages import HOME, OBSERVE, Page, refuse_reserved_ids
from app.views.step_parts import PARTS

FOLDER = Path(__file__).parent
ICON, LOGO = FOLDER / "assets" / "icon.svg", FOLDER / "assets" / "logo.svg"
SIDEBAR_WIDTH = 280


def main() -> None:
    """Draw the page that the address asks for."""
    st.set_page_config(_("MLOps workshop"), page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    st.logo(LOGO, icon_image=ICON, size="large")
    st.html(FOLDER / "style.css")
    with st.sidebar:
        language = session.choose_language()
    steps, problem = _read_curriculum(language)
    page = st.navigation(_sections(steps), expanded=True)
    if problem:
        show_error(problem)
    page.run()


def _read_curriculum(language: str) -> tuple[list[Step], ContentError | None]:
    """Read the steps, or give the error that says why there are none."""
    try:
        steps = read_steps(language, tuple(PARTS))
        refuse_reserved_ids(steps)
    except ContentError as error:
        return [], error
    return steps, None


def _sections(steps: list[Step]) -> dict[str, list[StreamlitPage]]:
    """Make the pages of the navigation, by the title of their section."""
    step_pages = {item.id: _step_page(item) for item in steps}
    home = st.Page(partial(HOME.show, steps, step_pages), title=HOME.title(), icon=HOME.icon, default=True)
    sections = {"": [home]}
    for item in steps:
        sections.setdefault(item.phase.title, []).append(step_pages[item.id])
    sections[_("Observe")] = [_page(page) for page in OBSERVE]
    return sections


def _step_page(item: Step) -> StreamlitPage:
    return st.Page(partial(step.show, item), title=item.title, icon=item.phase.icon, url_path=item.id)


def _page(page: Page) -> StreamlitPage:
    return st.Page(page.show, title=page.title(), icon=page.icon, url_path=page.id)


main()
