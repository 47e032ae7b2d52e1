"""The app's front door: page settings and navigation over pages/, nothing else."""

import streamlit as st

st.set_page_config(page_title="lstm_viz", page_icon="🧠", layout="wide")

st.navigation(
    [
        st.Page("pages/explore.py", title="Explore", icon=":material/keyboard:", default=True),
        st.Page("pages/learn.py", title="Learn", icon=":material/school:"),
    ],
    position="top",
).run()
