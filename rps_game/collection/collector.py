"""Takes photographs of one gesture from a source of frames."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rps_game.arrays import Image
from rps_game.collection.photo_folder import PhotoFolder
from rps_game.collection.viewfinder import ViewfinderState, viewfinder
from rps_game.recognition.recognizer import RecognizedFrame
from rps_game.recognition.regions import central_region
from rps_game.sources.base import RECONNECT_SECONDS, Frame, Source
from rps_game.sources.pacer import Pacer
from rps_game.ui.display import Display, Key

_FLASH = 0.25  # seconds in which the flash fades after a photograph
_FLASH_GAP = (
    0.4  # seconds between two flashes at least: more than three a second may cause a seizure
)


@dataclass
class Shutter:
    """Decides when to take photographs: one at a time, or a burst at equal intervals.

    Attributes:
        burst: How many photographs a burst has.
        interval: Seconds between two of them.
        remaining: How many are still to be taken.

    Examples:
        >>> shutter = Shutter(burst=2, interval=0.5)
        >>> shutter.press(now=1.0, count=shutter.burst)
        >>> [time for time in (1.0, 1.2, 1.5, 2.0) if shutter.fires(time)]
        [1.0, 1.5]
    """

    burst: int
    interval: float
    remaining: int = 0
    _due: float = field(default=0.0, init=False)

    def press(self, now: float, count: int = 1) -> None:
        """Request photographs, the first of them immediately."""
        if not self.remaining:
            self._due = now
        self.remaining = max(self.remaining, count)

    def fires(self, time: float) -> bool:
        """Whether to take a photograph at this time."""
        if not self.remaining or time < self._due:
            return False
        self.remaining -= 1
        self._due = max(self._due + self.interval, time)
        return True


@dataclass
class Collector:
    """Takes photographs from a source, with or without a window.

    Attributes:
        source: Where the frames come from.
        photos: Where photographs are saved.
        shutter: Decides when they are taken.
        gesture: The gesture, named in the window.
        display: The window, or None to take one burst without it.
        saved: Called with the path of each photograph.
        pacer: Plays recordings at their natural speed in a window.
        recognize: Recognizes what the game would read in a frame, at a time in seconds; None to
            show only where it would look.
        click: Called when a photograph is taken in a window.
    """

    source: Source
    photos: PhotoFolder
    shutter: Shutter
    gesture: str
    display: Display | None
    saved: Callable[[Path], None]
    pacer: Pacer = field(default_factory=Pacer)
    recognize: Callable[[Image, float], RecognizedFrame] | None = None
    click: Callable[[], None] = lambda: None
    _flash: float = field(default=float("-inf"), init=False)

    def run(self) -> bool:
        """Collect until the user quits, the source ends or, without a window, the burst is done.

        Returns:
            Whether all requested photographs were taken.

        Raises:
            SourceError: If the source fails.
            OSError: If a photograph cannot be written.
        """
        if self.display is None:
            self.shutter.press(0.0, self.shutter.burst)
        while (frame := self.source.read()) is not None:
            if frame.fresh and self.shutter.fires(frame.time):  # a repeat is no new photo
                self.saved(self.photos.save(frame.image))
                if self.display is not None and frame.time - self._flash >= _FLASH_GAP:
                    self._flash = frame.time
                    self.click()
            if self.display is None:
                if not self.shutter.remaining:
                    return True
            elif not self._show(self.display, frame):
                return True
        return not self.shutter.remaining

    def _show(self, display: Display, frame: Frame) -> bool:
        """Show the frame and respond to keys; False when the user quits."""
        if not self.source.live:
            self.pacer.wait_until(frame.time)
        source = self.source
        since = max(0.0, frame.time - self._flash)
        state = ViewfinderState(
            self.gesture,
            self.photos.count,
            self.shutter.remaining,
            self.shutter.burst,
            flash=max(0.0, 1 - since / _FLASH),
            notice=_notice(source.seconds_without_frame),
            region=central_region(frame.image.shape, source.live),
            hand=self.recognize(frame.image, frame.time).hands[0] if self.recognize else None,
            mirrored=source.mirror,
        )
        image = frame.image[:, ::-1] if source.mirror else frame.image
        match display.show(viewfinder(image, state, display.size(frame.image.shape))):
            case Key.NEXT:
                self.shutter.press(frame.time)
            case Key.BURST:
                self.shutter.press(frame.time, self.shutter.burst)
            case Key.FULL_SCREEN:
                display.toggle_full_screen()
            case Key.QUIT:
                return False
            case _:
                pass
        return True


def _notice(seconds_without_frame: float | None) -> str | None:
    """What the user should know while the camera sends no frames."""
    if seconds_without_frame is None:
        return None
    remaining = max(0, round(RECONNECT_SECONDS - seconds_without_frame))
    return f"The camera sends no frames. Waiting for {remaining} s"
