"""The panel as a web application behind the guard: `streamlit run app/server.py`."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from app.engine.stack.guard import Guard, names_of

app = st.App(Path(__file__).with_name("main.py"), middleware=[Middleware(Guard, names=names_of("panel"))])
