"""The user interface: the only Streamlit code outside app.py and pages/."""
