"""Milliseconds of one core for a synthetic image, JPEG encoding included.

python benchmarks/rendering.py
"""

from io import BytesIO
from statistics import median
from time import process_time

from PIL import Image

from vireid.synthetic import SyntheticSettings
from vireid.synthetic.picture import render_track
from vireid.synthetic.settings import CAMERAS

ROUNDS, IDENTITIES = 5, 8


def main() -> None:
    """Render some identities by all cameras, after one round to compile."""
    settings = SyntheticSettings(seed=100)
    times = []
    for _ in range(ROUNDS + 1):
        start, images = process_time(), 0
        for identity in range(1, IDENTITIES + 1):
            for camera in CAMERAS:
                for picture in render_track(settings, identity, camera):
                    Image.fromarray(picture.pixels).save(BytesIO(), "JPEG", quality=95)
                    images += 1
        times.append(1000 * (process_time() - start) / images)
    print(f"{median(times[1:]):.1f} ms an image ({min(times[1:]):.1f} to {max(times[1:]):.1f})")


if __name__ == "__main__":
    main()
