"""The panel: settings → clients → steps → navigation."""

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
from app.views import home, live, models, runs, services, step
from app.views.step_parts import PARTS

FOLDER = Path(__file__).parent
ICON, LOGO = FOLDER / "assets" / "icon.svg", FOLDER / "assets" / "logo.svg"
SIDEBAR_WIDTH = 280


def step_page(item: Step) -> StreamlitPage:
    """Make the page of a step."""
    return st.Page(partial(step.show, item), title=item.title, icon=item.phase.icon, url_path=item.id)


def main() -> None:
    """Draw the page that the address asks for."""
    st.set_page_config(_("MLOps workshop"), page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    st.logo(LOGO, icon_image=ICON, size="large")
    st.html(FOLDER / "style.css")
    with st.sidebar:
        language = session.choose_language()
    problem: ContentError | None = None
    found: list[Step] = []
    try:
        found = read_steps(language, tuple(PARTS))
    except ContentError as error:
        problem = error
    pages = {item.id: step_page(item) for item in found}
    sections: dict[str, list[StreamlitPage]] = {
        "": [st.Page(partial(home.show, found, pages), title=_("Home"), icon=":material/home:", default=True)]
    }
    for item in found:
        sections.setdefault(item.phase.title, []).append(pages[item.id])
    sections[_("Observe")] = [
        st.Page(live.show, title=_("Live"), icon=":material/monitor_heart:", url_path="live"),
        st.Page(runs.show, title=_("Runs"), icon=":material/science:", url_path="runs"),
        st.Page(models.show, title=_("Models"), icon=":material/deployed_code:", url_path="models"),
        st.Page(services.show, title=_("Services"), icon=":material/dns:", url_path="services"),
    ]
    page = st.navigation(sections, expanded=True)
    if problem:
        show_error(problem)
    page.run()


main()
