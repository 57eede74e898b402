"""The strip with measurements."""

from dataclasses import replace

import pytest

from rps_game.match.inputs import commitment_digest
from rps_game.ui.panels.details import strip_height


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (1366, 768), (480, 800)])
@pytest.mark.parametrize("name", ["details", "two details", "details over", "opened"])
def test_details_cover_nothing(compose, frame, views, written, name, size):
    view = views[name]
    top = size[1] - strip_height(size)
    screen = compose(frame, view, size)
    plain = compose(frame, replace(view, details=None), (size[0], top))
    assert (screen[:top] == plain).all()


def test_the_nonce_is_shown_with_the_details(compose, frame, views, written):
    sealed = views["opened"].state.commitment
    assert commitment_digest(sealed.move, sealed.nonce) == sealed.seal
    compose(frame, views["opened"], (640, 480))
    assert f"{sealed.move}:{sealed.nonce}" in [text.words for text in written]
    written.clear()
    compose(frame, views["details"], (640, 480))
    assert f"sealed: {sealed.seal}" in [text.words for text in written]
    assert not [text.words for text in written if sealed.nonce in text.words]
