"""The app's entry point: the server object and, for each session, page settings and navigation over pages/."""

import streamlit as st

from lstm_viz.ui.server.closed_connections import exception_handlers
from lstm_viz.ui.server.lifespan import lifespan, routes, wait_for_imports

if __name__ == "__main__":  # Streamlit runs this file for every session; the server process has imported it once before.
    wait_for_imports()
    # Set before the navigation: without an icon the browser would fetch the page's emoji from another server.
    st.set_page_config(page_icon="🧠")
    page = st.navigation(
        [
            st.Page("pages/explore.py", title="Explore", icon=":material/keyboard:", default=True),
            st.Page("pages/learn.py", title="Learn", icon=":material/school:"),
            st.Page("pages/classroom.py", title="Class", icon=":material/groups:"),
            st.Page("pages/gradients.py", title="Gradients", icon=":material/trending_down:"),
            st.Page("pages/memory.py", title="Memory", icon=":material/memory:"),
            st.Page("pages/units.py", title="Units", icon=":material/grain:"),
            st.Page("pages/what_if.py", title="What if", icon=":material/tune:"),
            st.Page("pages/your_text.py", title="Your text", icon=":material/menu_book:"),
            st.Page("pages/sentiment.py", title="Sentiment", icon=":material/sentiment_satisfied:"),
            st.Page("pages/generate.py", title="Generate", icon=":material/edit_note:"),
            st.Page("pages/series.py", title="Time series", icon=":material/show_chart:"),
            st.Page("pages/delays.py", title="Delays", icon=":material/hourglass_empty:"),
            st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
            st.Page("pages/your_network.py", title="Your network", icon=":material/upload_file:"),
        ],
        position="top",
    )
    # Set only here, so that a page looks the same however it was opened.
    st.set_page_config(page_title=f"{page.title} · lstm_viz", layout="wide")
    page.run()
else:
    app = st.App(__file__, lifespan=lifespan, routes=routes(), exception_handlers=exception_handlers())
