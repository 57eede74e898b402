"""Makes the sampler of a recipe with a mixture, and its examples of validation photographs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rps_game.arrays import Image
from rps_game.cli.command import native_stderr_discarded
from rps_game.recognition.close_up import close_up
from rps_game.recognition.resize import letterbox
from rps_game.recognition.views import Points, close_up_matrix
from training.augmentation.annotations import marked_by_landmarks
from training.augmentation.close_up_sampler import CloseUpSampler
from training.augmentation.frame_sampler import FrameSampler
from training.augmentation.hand_sampler import STORED_SIDE
from training.augmentation.image_pools import ImagePools, is_handless, load_pools
from training.augmentation.sampler import Example, ExampleSampler, Sampler
from training.console.output import track
from training.data.landmarks import Landmarks, load_landmarks
from training.data.photos import Photo, PhotoFolder, read_photo
from training.models.contract import CLOSE_UP_MARGIN
from training.recipes.recipe import Mixture, Recipe


def find_landmarks(recipe: Recipe, folders: Iterable[str]) -> Landmarks | None:
    """Where the hands in the photographs are; None if the recipe does not need to know.

    Raises:
        TrainingError: a folder of photographs has no landmarks.csv, or it cannot be read.
    """
    return load_landmarks(map(Path, folders)) if recipe.needs_landmarks else None


def make_sampler(
    recipe: Recipe,
    mixture: Mixture,
    seed: int,
    photos: PhotoFolder,
    rendered: Sequence[tuple[Image, str]],
    landmarks: Landmarks | None,
    load: Callable[..., ImagePools] = load_pools,
) -> Sampler:
    """The sampler of the recipe's training examples.

    Args:
        recipe: what is trained.
        mixture: of the recipe.
        seed: of the run.
        photos: the contents of the photograph folders.
        rendered: hands on white, uint8 RGB [H, W, 3], and their labels.
        landmarks: from `find_landmarks`.
        load: loads the images.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    drawn, hard = mixture.drawn_hands, mixture.hard_hands
    if landmarks is None:
        return ExampleSampler(load(photos, rendered, drawn, hard=hard), recipe, seed)
    pools = load(photos, rendered, drawn, landmarks, STORED_SIDE, hard)
    kind = CloseUpSampler if recipe.network == "close-up" else FrameSampler
    return kind(pools, recipe, seed)


@native_stderr_discarded()  # libjpeg's own messages
def validation_examples(
    recipe: Recipe, photos: Sequence[Photo], landmarks: Landmarks
) -> tuple[list[Example], tuple[Photo, ...]]:
    """Photographs as the finder or the close-up sees them, the close-up where the hand really is.

    Photographs with other labels than the recipe's are left out, and for the close-up those in
    which no hand is known.

    Returns:
        The examples, and the photographs that they show.

    Raises:
        TrainingError: a photograph cannot be read.
    """
    close = recipe.network == "close-up"
    known = tuple(
        photo
        for photo in photos
        if photo.label in recipe.labels and (photo.path in landmarks or not close)
    )
    examples = [
        _validation_example(photo, landmarks.get(photo.path, ()), recipe.image_size, close)
        for photo in track(known, "reading validation photographs")
    ]
    return examples, known


def _validation_example(photo: Photo, hands: Sequence[Points], size: int, close: bool) -> Example:
    """A photograph as one of the networks sees it; the hands are in fractions of it."""
    image = read_photo(photo.path)
    marked = [marked_by_landmarks(points * image.shape[1::-1]) for points in hands]
    if close:
        matrix = close_up_matrix(marked[0].location, size, CLOSE_UP_MARGIN)
        view = close_up(image, matrix, size)
    else:
        view, matrix = letterbox(image, size)
    seen = tuple(hand.moved(matrix) for hand in marked)
    complete = bool(hands) or is_handless(photo)
    return Example(lambda: view, photo.label, "validation", seen, complete)
