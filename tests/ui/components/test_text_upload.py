"""The upload of texts: a person says how a file is read, and a refused name is printed as it stands."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.components.text_upload import Uploads

RUSSIAN = "Старый моряк каждое утро выходил на берег и долго смотрел на спокойную воду.\n" * 3


def page() -> None:
    import streamlit as st

    from lstm_viz.ui.components.text_upload import text_upload

    uploads = text_upload("Texts", "mine", 2**20)
    if uploads is not None and uploads.file is not None:
        st.text(uploads.file.text)
        st.session_state["seen"] = uploads.file


def upload(*files: tuple[str, bytes]) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30).run()
    app.file_uploader(key="mine_upload").set_value([(name, data, "") for name, data in files]).run()
    assert not app.exception
    return app


def choice(app: AppTest, label: str) -> Any:
    return next(each for each in app.selectbox if each.label == label)


def test_the_guess_comes_first_and_another_encoding_is_taken() -> None:
    app = upload(("a.txt", RUSSIAN.encode("koi8_r")))
    assert app.text[0].value == RUSSIAN.strip()
    box = choice(app, "Read it as")
    assert box.options[0].startswith("Cyrillic (KOI8-R), guess: Старый")
    box.set_value("cp1251").run()
    assert app.text[0].value == RUSSIAN.encode("koi8_r").decode("cp1251").strip()


def test_a_page_is_read_without_its_marks_unless_they_are_wanted() -> None:
    app = upload(("a.html", b"<!DOCTYPE html><html><body><p>Words</p></body></html>"))
    assert app.text[0].value == "Words"
    app.toggle[0].set_value(False).run()
    assert app.text[0].value.startswith("<!DOCTYPE")


def test_the_choice_of_an_encoding_shows_a_page_s_words_without_its_marks() -> None:
    app = upload(("a.html", "<html><body><p>Grüße</p><b>aus</b> Köln</body></html>".encode()))
    guess = choice(app, "Read it as").options[0]
    assert "Grüße" in guess
    assert "<" not in guess


def test_a_name_counts_only_the_files_that_could_be_read() -> None:
    uploads = Uploads((("a.txt", b"a"), ("b.png", b""), ("c.txt", b"c")), errors=("b.png is a picture",))
    assert uploads.name == "2 of 3 files"
    assert Uploads((("a.txt", b"a"), ("c.txt", b"c"))).name == "2 files"


def test_rows_and_files_are_parts() -> None:
    app = upload(("a.txt", b"one"), ("b.csv", b"id,words\n1,two words\n2,three\n"))
    app.selectbox(key="mine_which").set_value("b.csv").run()
    file = app.session_state["seen"]
    assert file.parts == ("one\n", "two words\n", "three\n")


@pytest.mark.parametrize("name", ["*b* [x](y) $x$ :smile:.txt", "a\u202egpj.txt"])
def test_a_refused_name_is_no_markup(name: str) -> None:
    app = upload((name, b"\x89PNG\r\n\x1a\n"))
    said = app.error[0].value
    assert "\u202e" not in said
    assert "\\*b\\* \\[x\\]" in said or "agpj" in said


def test_all_files_are_removed_together() -> None:
    app = upload(("a.txt", b"one"))
    app.button(key="mine_clear").click().run()
    assert not app.text
    assert app.file_uploader[0].key == "mine_upload_1"
