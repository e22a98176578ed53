"""News: a lower third with a headline, a running line, LIVE and a clock."""

from __future__ import annotations

import math

import numpy as np

from matinee.engines.animatic.affine import translate
from matinee.engines.animatic.camera import Frame, ease
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.looks.lettering import Face, lettered, panel
from matinee.engines.animatic.post import Planes
from matinee.engines.animatic.puppets.jointed import onto

RED, BLUE, WHITE, INK = "#cd141e", "#0c1e46", "#f5f5f5", "#1e1210"
HEADLINE_CHARACTERS = 44
TICKER_PX_A_SECOND = 130
ENTER_S = 0.7


class News:
    """See `staging.Look`. `headline` is what happens; the running line repeats `ticker`."""

    def __init__(self, frame: Frame, headline: str, ticker: str) -> None:
        self._frame = frame
        self._k = frame.unit_px / 720
        self._third = Texture(self._lower_third(headline))
        self._live = Texture(self._badge("● LIVE", RED, 112))
        self._clock = Texture(self._badge("08:42", BLUE, 100))
        self._bar = Texture(panel(frame.width_px, self._px(36), BLUE))
        running = lettered("   •   ".join([ticker] * 3), self._px(19), "#ffffff", Face.SEMI_BOLD)
        self._running = Texture(np.ascontiguousarray(running))

    def paint(self, canvas: Canvas, t: float) -> None:
        """Slide in what belongs to the broadcast."""
        width, height = self._frame.width_px, self._frame.height_px
        left, top = 0.06 * self._frame.unit_px, 0.06 * self._frame.unit_px
        entered = (ease(t / ENTER_S) - 1) * (self._third.width + left)
        canvas.draw(self._third, translate(left + entered, height - self._px(176)))
        blink = 0.9 if math.sin(4 * t) > -0.3 else 0.7
        canvas.draw(self._live, translate(left, top), blink)
        canvas.draw(self._clock, translate(left + self._px(118), top))
        floor = height - self._px(36)
        canvas.draw(self._bar, translate(0, floor))
        x = width * 0.2 - t * TICKER_PX_A_SECOND * self._k
        canvas.draw(self._running, translate(x, floor + self._px(4)))
        canvas.finish()

    def grade(self, i420: Planes, t: float) -> None:
        """The picture stays as it is."""

    def _px(self, at_720: float) -> int:
        return max(1, round(at_720 * self._k))

    def _lower_third(self, headline: str) -> Image:
        width = round(min(self._frame.width_px * 0.88, 1030 * self._k))
        board = np.zeros((self._px(118), width, 4), np.uint8)
        onto(board, panel(self._px(196), self._px(34), RED), 0, 0)
        onto(board, panel(width, self._px(58), WHITE, 0.94), 0, self._px(34))
        onto(board, panel(width, self._px(26), BLUE, 0.92), 0, self._px(92))
        onto(board, lettered("BREAKING NEWS", self._px(20), "#ffffff"), self._px(12), self._px(3))
        text = headline[:HEADLINE_CHARACTERS].upper()
        title = lettered(text, self._px(32), INK)
        room = width - self._px(28)
        if title.shape[1] > room:
            title = lettered(text, round(self._px(32) * room / title.shape[1]), INK)
        onto(board, title, self._px(14), self._px(63) - title.shape[0] // 2)
        return board

    def _badge(self, text: str, colour: str, width: int) -> Image:
        board = panel(self._px(width), self._px(40), colour)
        words = lettered(text, self._px(20), "#ffffff")
        x = (board.shape[1] - words.shape[1]) // 2
        onto(board, words, x, (board.shape[0] - words.shape[0]) // 2)
        return board
