"""What a service or an address says is made safe before Markdown and Plotly have it."""

from pathlib import Path

import pytest

from app.settings import ROOT
from tests.text_lint import Panel

FILES = [*(ROOT / "app" / "components").rglob("*.py"), *(ROOT / "app" / "views").glob("*.py"), ROOT / "app" / "main.py"]
MAKERS = ("markdown.py", "plotly_text.py")
"""Where the two types are made."""
AUTHORS = "who writes a step writes Markdown"
OURS = "numbers and units"
EXPLAINED = {
    "step.title": AUTHORS,
    "step.summary": AUTHORS,
    "step.phase.title": AUTHORS,
    "lesson.py: first": AUTHORS,
    "lesson.py: named": AUTHORS,
    "hints.py: hint": AUTHORS,
    "step_run.py: action.label": AUTHORS,
    "home.py: phase.color": AUTHORS,
    "home.py: phase.icon": AUTHORS,
    "home.py: phase.title": AUTHORS,
    "button.py: button.action.label": AUTHORS,
    "service.title": "one of our own seven",
    "equivalent.title": "one of the few words of a tool's own folder",
    "clock": OURS,
    "countdown": OURS,
    "duration": OURS,
    "timeline.py: bar.length": "a number",
}


def problems(*snippets: str) -> list[str]:
    return list(Panel({Path(f"{number}.py"): text for number, text in enumerate(snippets)}).problems())


def test_everything_that_is_shown_is_ours_or_was_made_safe():
    files = {file.relative_to(ROOT): file.read_text() for file in FILES if file.name not in MAKERS}
    assert list(Panel(files, EXPLAINED).problems()) == []


@pytest.mark.parametrize("exception", EXPLAINED)
def test_each_exception_is_needed(exception):
    files = {file.relative_to(ROOT): file.read_text() for file in FILES if file.name not in MAKERS}
    others = {each: why for each, why in EXPLAINED.items() if each != exception}
    assert list(Panel(files, others).problems())


@pytest.mark.parametrize(
    "line",
    [
        "st.markdown(run.name)",
        "st.markdown(f'**{run.name}**')",
        "st.markdown('**' + run.name)",
        "st.markdown('%s' % run.name)",
        "st.markdown(str(error))",
        "st.error(problem)",
        "st.error(body=problem)",
        "st.warning(_('Late: {why}').format(why=problem))",
        "st.warning(_('Late: {why:d}').format(count=problem))",
        "st.caption(f'{run.seconds}')",
        "st.caption(f'{run.name:>20}')",
        "st.badge(run.state, icon=':material/x:')",
        "st.button(_('Run'), help=run.message)",
        "st.link_button(run.name, 'http://x')",
        "st.expander(run.name)",
        "st.tabs([run.name])",
        "st.segmented_control(_('What'), [run.name])",
        "st.new_in_the_next_version(run.name)",
        "notice.error(problem)",
        "column.TextColumn('a', help=run.name)",
        "words = [escape(run.name)]; words.append(run.state); st.markdown(' '.join(words))",
        "words = escape(run.name); words += run.state; st.markdown(words)",
        "a, b = escape(run.name), run.state; st.markdown(b)",
        "for name in names: st.markdown(name)",
        "st.markdown(', '.join(name for name in names))",
        "st.markdown(escape(run.name) if run else run.state)",
        "st.markdown(run.name or _('nobody'))",
        "return Markdown(run.name)",
        "st.markdown(plotly_text(run.name))",
        "figure.add_annotation(text=run.name)",
        "figure.update_xaxes(ticktext=[run.name for run in runs])",
        "figure.update_yaxes(title=escape(run.name))",
        "go.Scatter(name=run.name)",
        "go.Scatter(hovertemplate=f'{run.name} %{{x}}')",
        "go.Bar(customdata=[[run.name] for run in runs])",
    ],
)
def test_another_way_is_found(line):
    assert len(problems(f"def show(run, names, runs, problem, error):\n    {line}")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "st.markdown('**words**')",
        "st.markdown(_('Live'))",
        "st.markdown(f'**{escape(run.name)}** {run.seconds:.1f} s')",
        "st.warning(_('{count:d} late: {why}').format(count=count, why=sentence(problem)))",
        "st.error(sentence(str(error)), icon=icon)",
        "st.button(_('Run'), key=run.id, args=(run.name,))",
        "st.code(run.name)",
        "logger.warning('%s', problem)",
        "words = [escape(name) for name in names]; st.markdown(' · '.join(words))",
        "for name in names: words = escape(name); st.markdown(words)",
        "return Markdown(f'*{escape(run.name)}*')",
        "go.Scatter(name=label(run.name), x=[run.seconds])",
    ],
)
def test_the_road_is_free(line):
    assert problems(f"def show(run, names, count, problem, error, icon):\n    {line}") == []


def test_a_type_vouches_for_what_other_functions_give():
    maker = "def badge(run) -> Markdown:\n    return Markdown(f'*{escape(run.name)}*')"
    assert problems(maker, "def show(run, words: Markdown):\n    st.markdown(badge(run))\n    st.markdown(words)") == []
    assert len(problems("def badge(run):\n    return run.name", "def show(run):\n    st.markdown(badge(run))")) == 1
