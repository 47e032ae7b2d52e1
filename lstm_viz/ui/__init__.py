"""The screen: the only Streamlit code beside app.py and pages/."""
