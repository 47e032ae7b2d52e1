"""The app's front door: page settings and navigation over pages/, nothing else."""

import streamlit as st

st.set_page_config(page_title="lstm_viz", page_icon="🧠", layout="wide")

st.navigation(
    [
        st.Page("pages/explore.py", title="Explore", icon=":material/keyboard:", default=True),
        st.Page("pages/gradients.py", title="Gradients", icon=":material/trending_down:"),
        st.Page("pages/memory.py", title="Memory", icon=":material/memory:"),
        st.Page("pages/what_if.py", title="What if", icon=":material/tune:"),
        st.Page("pages/sentiment.py", title="Sentiment", icon=":material/sentiment_satisfied:"),
        st.Page("pages/generate.py", title="Generate", icon=":material/edit_note:"),
        st.Page("pages/series.py", title="Time series", icon=":material/show_chart:"),
        st.Page("pages/delays.py", title="Delays", icon=":material/hourglass_empty:"),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("pages/learn.py", title="Learn", icon=":material/school:"),
    ],
    position="top",
).run()
