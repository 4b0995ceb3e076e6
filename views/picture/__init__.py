"""Pictures of study time: a week or month, a year, a day; values in, PNG bytes out.

Drawing needs Pillow, which is optional and imported when the first picture is drawn. It takes
some tens of milliseconds of one core: call the `_png` functions in a thread.
"""

from importlib.util import find_spec

from views.picture.alt import bars_alt, day_alt, heatmap_alt
from views.picture.bars import bars_png
from views.picture.day import day_png
from views.picture.heatmap import heatmap_png

__all__ = [
    "bars_alt",
    "bars_png",
    "day_alt",
    "day_png",
    "heatmap_alt",
    "heatmap_png",
    "pictures_available",
]


def pictures_available() -> bool:
    """Return whether Pillow is installed, without importing it."""
    return find_spec("PIL") is not None
