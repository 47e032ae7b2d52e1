"""Learn: what stands behind the explorer, in pictures that can be touched."""

import streamlit as st

from lstm_viz.ui.learn.page import show

# A column of text is read most easily when it is narrow.
st.set_page_config(layout="centered")
show()
