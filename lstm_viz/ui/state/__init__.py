"""What one person looks at, shared by all pages: the view, the session that keeps it, and the models on show."""
