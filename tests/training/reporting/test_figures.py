import pytest
from matplotlib.figure import Figure

from rps_game.recognition.images import read_image
from training.console.errors import TrainingError
from training.reporting.figures import save_figure


def test_the_suffix_names_the_format(tmp_path):
    for name in ("plot.png", "plot.jpg"):
        save_figure(Figure(figsize=(2, 1)), tmp_path / name, dpi=50)
        assert read_image(tmp_path / name).shape == (50, 100, 3)


@pytest.mark.parametrize("name", ["plot.doc", "nowhere/plot.png"])
def test_what_cannot_be_written_is_a_one_line_error(tmp_path, name):
    with pytest.raises(TrainingError, match=r"^cannot draw .*plot\.\w+: .+$"):
        save_figure(Figure(), tmp_path / name)
