"""Rooms of a class: a teacher opens one, pupils join by its code, type lines and vote.

Rules and data only: no Streamlit, no torch. Rooms live in a `RoomStore`, in this process or in Redis.
"""
