"""Two dialogs in the window: choosing a camera, and what to do when the source is lost for good."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rps_game.arrays import Image
from rps_game.game.cameras.reopening import Reopening
from rps_game.sources.base import SourceError
from rps_game.sources.pacer import Pacer
from rps_game.sources.previews import CameraPreviews, Preview
from rps_game.sources.switchable import SwitchableSource, WatchedSource
from rps_game.ui.canvas import Canvas
from rps_game.ui.display import Display, Key
from rps_game.ui.layout import unit_of
from rps_game.ui.panels.cameras import CameraMenu, cameras_screen, moved
from rps_game.ui.panels.gone import gone_overlay
from rps_game.ui.translations import Texts

_STEP = 1 / 30  # seconds from one screen to the next, drawing included
_DIGITS = {Key(str(number)): number - 1 for number in range(1, 10)}
_DIRECTIONS = {Key.LEFT: (-1, 0), Key.RIGHT: (1, 0), Key.UP: (0, -1), Key.DOWN: (0, 1)}


def _no_camera(index: int) -> WatchedSource:
    raise SourceError(f"camera {index} cannot be opened here")


def _nothing() -> WatchedSource:
    raise SourceError("the source cannot be opened again")


@dataclass
class CameraDialogs:
    """The dialogs of a session; without a source, there is no camera to choose.

    While a dialog is open, the match is paused.

    Attributes:
        kind: What the source is: "camera", "stream", "video", "images" or "demo".
        source: The source of the match, if another camera can take its place.
        camera: The number of the current camera; None if it is not known or there is none.
        reopen: Opens the source again; raises SourceError.
        open_camera: Opens a camera by its number; raises SourceError.
        remember: Called with the camera that was chosen; raises OSError.
        previews: Opens all cameras but the one in use.
        pacer: Keeps the screens a thirtieth of a second apart.
        chosen: The name of the current camera, if the player chose it in an earlier session.
        note: What the player should know after the latest choice; may be empty.
    """

    kind: str = "demo"
    source: SwitchableSource | None = None
    camera: int | None = None
    reopen: Callable[[], WatchedSource] = _nothing
    open_camera: Callable[[int], WatchedSource] = _no_camera
    remember: Callable[[Preview], None] = lambda camera: None
    previews: Callable[[int | None], CameraPreviews] = CameraPreviews
    pacer: Pacer = field(default_factory=Pacer)
    chosen: str = ""
    note: str = field(init=False, default="")

    def choose(self, display: Display, texts: Texts) -> bool:
        """Let the player choose a camera.

        Args:
            display: The window.
            texts: The texts in the player's language.

        Returns:
            Whether the source is now another camera.
        """
        self.note = ""
        if self.source is None:
            self.note = str(getattr(texts, f"no_choice_{self.kind}"))
            return False
        return self._choose(display, texts, self.source, self.camera)

    def recover(self, display: Display, texts: Texts, draw: Callable[[], Image]) -> bool:
        """Ask what to do about a lost source, until there is one again.

        Args:
            display: The window.
            texts: The texts in the player's language.
            draw: Draws the screen behind the dialog.

        Returns:
            False if the player gives up, or nothing can be done.
        """
        source = self.source
        if source is None:
            return False
        source.close()
        reopening = Reopening(self.reopen)
        try:
            while True:
                screen = draw()
                unit = unit_of((screen.shape[1], screen.shape[0]))
                gone_overlay(Canvas(screen), unit, texts, self.kind, reopening.failures > 0)
                match display.show(screen):
                    case Key.QUIT:
                        return False
                    case Key.NEXT | Key.ENTER | Key.RESTART:
                        reopening.try_now()
                    case Key.CAMERAS:
                        reopening.stop()
                        if self._choose(display, texts, source, None):
                            return True
                        reopening = Reopening(self.reopen)
                    case _:
                        pass
                again = reopening.take()
                if again is not None:
                    source.switch(again)
                    return True
                self.pacer.stand_still(0.0, _STEP)
        finally:
            reopening.stop()

    def _choose(
        self, display: Display, texts: Texts, source: SwitchableSource, current: int | None
    ) -> bool:
        previews = self.previews(current)
        menu = CameraMenu(current=current)
        try:
            while True:
                cameras = [
                    replace(camera, image=source.newest) if camera.index == current else camera
                    for camera in previews.cameras()
                ]
                menu = menu.with_cameras(
                    [(camera.index, camera.name, camera.image) for camera in cameras],
                    previews.searching,
                )
                shape = (480, 640, 3) if source.newest is None else source.newest.shape
                size = display.size(shape)
                key = display.show(cameras_screen(menu, texts, size))
                chosen = None
                if key in (Key.QUIT, Key.CAMERAS):
                    return False
                if key in _DIRECTIONS:
                    menu = moved(menu, _DIRECTIONS[key], size)
                elif key in (Key.NEXT, Key.ENTER):
                    chosen = menu.selected
                elif key in _DIGITS:
                    chosen = _DIGITS[key]
                if chosen is not None and chosen < len(cameras):
                    menu = replace(menu, selected=chosen, message=texts.opening_camera)
                    display.show(cameras_screen(menu, texts, size))
                    camera = cameras[chosen]
                    if camera.index == current:
                        return False
                    previews.close()
                    if self._use(camera, source, texts):
                        return True
                    previews = self.previews(current)
                    menu = replace(menu, message=self.note)
                self.pacer.stand_still(0.0, _STEP)
        finally:
            previews.close()
            source.interrupt()

    def _use(self, camera: Preview, source: SwitchableSource, texts: Texts) -> bool:
        """Switch to a camera and remember it."""
        try:
            opened = self.open_camera(camera.index)
        except SourceError:
            self.note = texts.camera_failed.format(name=camera.name)
            return False
        source.switch(opened)
        self.kind, self.camera = "camera", camera.index
        self.reopen = lambda: self.open_camera(camera.index)
        self.note = texts.camera_chosen.format(name=camera.name)
        try:
            self.remember(camera)
        except OSError as error:
            self.note = texts.not_saved.format(path=f"{error.filename}: {error.strerror}")
        return True
