import numpy as np
import pytest

from training.reporting.contact_sheet import SheetCell, compose

SIDE = 64
SHOWN = 256


def noise(count, side=SIDE):
    return np.random.default_rng(5).integers(0, 256, (count, side, side, 3), np.uint8)


def corner(sheet, image, factor=SHOWN // SIDE):
    """Left and top of the one place where the sheet shows the image, enlarged, pixel by pixel."""
    shown = np.kron(image, np.ones((factor, factor, 1), np.uint8))
    side = len(shown)
    places = np.argwhere((sheet == image[0, 0]).all(axis=2)).tolist()
    (place,) = [
        (x, y) for y, x in places if np.array_equal(sheet[y : y + side, x : x + side], shown)
    ]
    return place


def changed(one, other):
    """Left, top, right and bottom of the region in which two sheets differ."""
    rows, columns = np.nonzero((one != other).any(axis=2))
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_the_images_of_a_cell_are_side_by_side():
    images = noise(10)
    sheet = compose("", [SheetCell((images[n], images[n + 5]), str(n)) for n in range(5)])
    before = [corner(sheet, image) for image in images[:5]]
    after = [corner(sheet, image) for image in images[5:]]
    for (x, y), (after_x, after_y) in zip(before, after, strict=True):
        assert after_y == y
        assert 0 <= after_x - x - SHOWN < 16
    # Four pairs in a row, in their order.
    assert before[0][0] < before[1][0] < before[2][0] < before[3][0]
    assert len({y for _, y in before[:4]}) == 1
    assert before[4][0] == before[0][0]
    assert before[4][1] > before[0][1] + SHOWN


@pytest.mark.parametrize(("side", "factor"), [(16, 16), (96, 2), (128, 2), (200, 1), (300, 1)])
def test_small_images_are_enlarged_by_an_integer_factor(side, factor):
    (image,) = noise(1, side)
    corner(compose("", [SheetCell((image,), "")]), image, factor)


def test_labels_and_notes_are_below_their_image():
    images = noise(2)

    def sheet(label, note):
        return compose("", [SheetCell((images[0],), ""), SheetCell((images[1],), label, note)])

    bare = sheet("", "")
    x, y = corner(bare, images[1])
    left, top, right, bottom = changed(bare, sheet("scissors", ""))
    assert x <= left < x + 8
    assert right < x + SHOWN
    assert y + SHOWN <= top < bottom < y + SHOWN + 50
    left, top, right, bottom = changed(bare, sheet("", "background"))
    assert x < left
    assert x + SHOWN - 8 < right <= x + SHOWN
    assert y + SHOWN <= top < bottom < y + SHOWN + 50


def test_long_words_do_not_overlap():
    images = noise(2)

    def sheet(label, note):
        return compose("", [SheetCell((images[0],), label, note), SheetCell((images[1],), "")])

    x, _ = corner(sheet("", ""), images[0])
    *_, right, _ = changed(sheet("", ""), sheet("w" * 20, ""))
    assert right <= x + SHOWN
    *_, end, _ = changed(sheet("", ""), sheet("scissors", ""))
    begin, *_ = changed(sheet("scissors", ""), sheet("scissors", "w" * 10))
    assert begin > end


def test_headings_are_above_the_images_of_the_first_row():
    images = noise(10)
    cells = [SheetCell((images[n], images[n + 5]), "") for n in range(5)]
    unnamed = compose("", cells, ("", ""))
    for headings, first, last in ((("before", ""), 0, 3), (("", "after"), 5, 8)):
        left, top, right, bottom = changed(unnamed, compose("", cells, headings))
        (x, y), (last_x, _) = corner(unnamed, images[first]), corner(unnamed, images[last])
        assert y - 50 < top < bottom < y
        assert x <= left < x + 8
        assert last_x < right < last_x + SHOWN
    # Without headings there is no space for them.
    assert len(compose("", cells)) < len(unnamed)


def test_a_long_title_stays_on_the_sheet_above_the_images():
    images = noise(8)
    cells = [SheetCell((image,), "rock") for image in images]
    bare, titled = compose("", cells), compose("seed 0 " * 20, cells)
    _, top = corner(bare, images[0])
    *_, right, bottom = changed(bare, titled)
    assert right < bare.shape[1] - 40
    assert bottom < top


def test_a_colour_points_out_a_cell():
    images, red = noise(2), (220, 40, 40)
    plain = [SheetCell((image,), "rock") for image in images]
    bare = compose("", plain)
    (x, y), (other, _) = (corner(bare, image) for image in images)
    sheet = compose("", [SheetCell((images[0],), "rock", colour=red), plain[1]])
    assert (sheet[y, x : x + SHOWN] == red).all()
    assert (sheet[y : y + SHOWN, x + SHOWN - 1] == red).all()
    assert (sheet[y + SHOWN // 2, x + SHOWN // 2] == bare[y + SHOWN // 2, x + SHOWN // 2]).all()
    below = sheet[y + SHOWN : y + SHOWN + 46, x : x + SHOWN].astype(int)
    assert (below[..., 0] - below[..., 1]).max() > 100, "the label is red too"
    assert np.array_equal(sheet[:, other:], bare[:, other:])
