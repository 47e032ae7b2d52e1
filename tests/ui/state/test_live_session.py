"""Which message of a live view counts: the latest about a text that this session knows."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def test_a_message_to_a_lost_session_does_not_displace_what_is_typed_since() -> None:
    def page() -> None:
        import streamlit as st

        from lstm_viz.ui.state.live_session import latest_message, live_session

        def tell(revision: int) -> None:
            message = latest_message("own", revision)
            st.text("none" if message is None else message["text"])

        # In the lost session the page had set the text once, in this one never.
        st.session_state["own"] = {"view": {"text": "old", "textRevision": 2, "seq": 3}}
        tell(1)
        st.session_state["own"] = {"view": {"text": "new", "textRevision": 1, "seq": 6}}
        tell(1)
        # The WebSocket is ahead of the page.
        live_session("own").last_message = {"text": "newer", "textRevision": 1, "seq": 7}
        tell(1)
        st.session_state["own"] = {"view": {"text": "about the next text", "textRevision": 2, "seq": 1}}
        tell(2)

    found = AppTest.from_function(page, default_timeout=120).run()
    assert not found.exception
    assert [text.value for text in found.text] == ["none", "new", "newer", "about the next text"]
