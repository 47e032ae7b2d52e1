"""Class: a room that pupils join with their phones, a wall of their lines, and votes."""
