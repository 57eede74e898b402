"""Capsules as surfaces: exact depths and normals, and the nearer one in front."""

import numpy as np
import pytest

from rps_game.hands.rasterizer import FAR, Capsule, extent, render

BAR = Capsule((20.0, 30.0, 0.0), (60.0, 30.0, 0.0), (10.0, 10.0), identity=0, part=0)
APART = [(0.05, 0.05), (0.05, 0.05)]
HARD = [0.0, 0.0]


def test_a_cylinder_has_its_depth_and_normals():
    surface = render([BAR], 60, 80, APART, HARD)
    column = surface.depth[20:40, 40]
    offset = np.arange(20, 40) + 0.5 - 30
    assert column == pytest.approx(np.sqrt(100 - offset**2), abs=0.05)
    assert surface.normal[:, 29, 40] == pytest.approx([0, -0.05, 1], abs=0.02)
    assert surface.normal[1, 21, 40] < -0.8
    assert surface.along[30, [20, 40, 59]] == pytest.approx([0, 0.5, 1], abs=0.03)
    assert surface.depth[5, 40] == FAR
    assert (surface.inside > 0).sum() == pytest.approx(40 * 20 + np.pi * 100, rel=0.02)


@pytest.mark.parametrize("axis", [(0.0, 0.0, 30.0), (0.001, 0.0, -30.0)])
def test_a_capsule_along_the_line_of_sight_is_a_disc(axis):
    seen = Capsule((40, 30, 0), (40 + axis[0], 30, axis[2]), (10, 8), identity=0, part=0)
    surface = render([seen], 60, 80, APART, HARD)
    assert np.isfinite(surface.depth).all()
    assert surface.depth[30, 40] == pytest.approx(38 if axis[2] > 0 else 10, abs=0.5)
    assert (surface.inside > 0).sum() == pytest.approx(np.pi * 100, rel=0.1)


def test_the_nearer_part_hides_the_other():
    across = Capsule((40.0, 10.0, 30.0), (40.0, 50.0, 30.0), (5.0, 5.0), identity=1, part=1)
    for capsules in ([BAR, across], [across, BAR]):
        surface = render(capsules, 60, 80, APART, HARD)
        assert surface.identity[30, 40] == 1
        assert surface.identity[30, 25] == 0
        assert surface.depth[30, 40] == pytest.approx(35, abs=0.1)


def test_a_cut_end_is_flat():
    cut = Capsule(BAR.start, BAR.end, BAR.radii, identity=0, part=0, cut=True)
    surface = render([cut], 60, 80, APART, HARD)
    assert surface.depth[30, 17] == FAR
    assert surface.depth[30, 22] > 0


def test_extent_is_clipped_to_the_canvas():
    assert extent([BAR], 2.0, 60, 80) == (slice(18, 43), slice(8, 73))
    assert extent([BAR], 2.0, 25, 40) == (slice(18, 25), slice(8, 40))
    rows, _ = extent([BAR], 2.0, 10, 80)
    assert rows.start >= rows.stop
