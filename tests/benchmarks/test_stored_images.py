import cv2

from benchmarks.stored_images import make_images


def test_images_are_as_large_as_photos(tmp_path):
    paths = make_images(tmp_path, 5, 2)
    assert [path.name for path in paths] == [f"0000{number}.jpg" for number in range(5)]
    assert cv2.imread(str(paths[4])).shape == (480, 640, 3)
    assert all(40_000 < path.stat().st_size < 100_000 for path in paths)
    assert len({path.read_bytes() for path in paths}) == 2
