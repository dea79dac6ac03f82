"""Words shared by every screen."""

import pytest

from app.core import words


def test_a_verb_that_has_a_word_takes_no_second_one(app):
    with pytest.raises(ValueError, match="take_up"):
        words.add_verbs({"take_up": "Take up the post"})

    words.add_verbs({"take_up": words.VERBS["take_up"]})
    assert words.VERBS["take_up"] == "Start handling"
