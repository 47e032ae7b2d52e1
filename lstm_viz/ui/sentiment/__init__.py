"""The sentiment page."""
