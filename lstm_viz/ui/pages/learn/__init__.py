"""The learn page: what stands behind the explorer, one idea and one picture a section."""
