"""A page of Streamlit's that shows each hostile text in every place that reads Markdown: run by `test_text.py`."""

import plotly.graph_objects as go
import streamlit as st

from app.components.page.markdown import code, escape, link, table
from app.components.page.plotly_text import plotly_text
from tests.hostile import HOSTILE

LOADS_ALL_PLUGINS = "12:30:45 :smile: $x$"

st.markdown(LOADS_ALL_PLUGINS)
for number, text in enumerate(HOSTILE):
    words = escape(text)
    with st.container(key=f"alone-{number}"):
        st.markdown(words)
    with st.container(key=f"label-{number}"):
        st.button(words, key=f"button-{number}")
    with st.container(key=f"badge-{number}"):
        st.badge(words)
    with st.container(key=f"within-{number}"):
        st.markdown(f"{LOADS_ALL_PLUGINS} **{words}** :red[{words}] {link(text, 'http://127.0.0.1/ours')} end")
    with st.container(key=f"cell-{number}"):
        st.markdown(table(["a", "b"], [[words, code(text)]]))
with st.container(key="chart"):
    names = [plotly_text(text) for text in HOSTILE]
    st.plotly_chart(go.Figure(go.Bar(x=list(range(len(names))), y=[1] * len(names), text=names)), key="plot")
st.markdown("drawn")
