"""Session state shared by all pages: the view, the settings in the link, and the models."""
