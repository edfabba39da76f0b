"""Images: PNG, JPEG and WebP in folders named by their class, or arrays of pixels; all made to one small size."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from neuroglow.errors import UploadRejectedError
from neuroglow.intake.archive import Archive
from neuroglow.intake.bounds import Bounds
from neuroglow.intake.column import Column, words_column
from neuroglow.intake.names import tidy

FORMATS = ("PNG", "JPEG", "WEBP")
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
MAX_PIXELS = 16_000_000
Pixels = NDArray[np.uint8]


def read_images(archive: Archive, bounds: Bounds) -> tuple[list[Column], list[str]]:
    """Two columns: the image, and its class if the images lie in folders."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    members = archive.members
    side = bounds.image_side
    bounds.require_table(len(members), side * side * 3)
    pictures = np.zeros((len(members), side, side, 3), np.uint8)
    boxes: set[tuple[int, int]] = set()
    for place, member in enumerate(members):
        picture, box = _picture(archive, member, side)
        pictures[place] = picture
        boxes.add(box)
    images = _trimmed(pictures, boxes)
    folders = [member.filename.split("/")[-2] if "/" in member.filename else "" for member in members]
    columns = [_column("image", images)]
    if len(set(folders)) > 1:
        columns.append(words_column("class", [tidy(folder) or "(none)" for folder in folders]))
    height, width, channels = images.shape[1:]
    colour = "grey" if channels == 1 else "colour"
    return columns, [f"Every image was made {height} × {width} pixels in {colour}"]


def _picture(archive: Archive, member: zipfile.ZipInfo, side: int) -> tuple[Pixels, tuple[int, int]]:
    """u8 (side, side, 3) with the image in the middle, and the size of the image in there."""
    name = tidy(member.filename, 60)
    if not member.filename.lower().endswith(ENDINGS):
        raise UploadRejectedError(f"'{name}' is no PNG, JPEG or WebP; leave other files out of the archive")
    try:
        with Image.open(io.BytesIO(archive.content(member)), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UploadRejectedError(
                    f"'{name}' has {image.width:,} × {image.height:,} pixels, more than the {MAX_PIXELS:,} that can be "
                    "read; make it smaller"
                )
            if getattr(image, "is_animated", False):
                raise UploadRejectedError(f"'{name}' moves; save the one picture of it that is meant")
            image.draft("RGB", (2 * side, 2 * side))
            upright = ImageOps.exif_transpose(image)
            plain = _plain(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        what = "is larger than can be read" if "ecompression" in type(error).__name__ else "is no PNG, JPEG or WebP"
        raise UploadRejectedError(f"'{name}' {what}; leave it out or save it again") from None
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError) as error:
        if isinstance(error, UploadRejectedError):
            raise
        raise UploadRejectedError(f"'{name}' is damaged; leave it out or save it again") from None
    return _centred(plain, side)


def _plain(image: Image.Image) -> Image.Image:
    """As RGB: 16 bits are cut to 8, what is transparent becomes white."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, np.float64)
        scale = 257.0 if values.max(initial=0.0) > 255.0 else 1.0
        return Image.fromarray((values / scale).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(ground, layered).convert("RGB")
    return image.convert("RGB")


def _centred(image: Image.Image, side: int) -> tuple[Pixels, tuple[int, int]]:
    if max(image.size) > side:
        image = ImageOps.contain(image, (side, side), Image.Resampling.BILINEAR)
    width, height = image.size
    canvas = np.zeros((side, side, 3), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    canvas[top : top + height, left : left + width] = np.asarray(image)
    return canvas, (height, width)


def _trimmed(pictures: Pixels, boxes: set[tuple[int, int]]) -> Pixels:
    """Without margins that no image reaches, and in one channel if all are grey."""
    side = pictures.shape[1]
    height, width = max(box[0] for box in boxes), max(box[1] for box in boxes)
    top, left = (side - height) // 2, (side - width) // 2
    if len(boxes) == 1:
        pictures = pictures[:, top : top + height, left : left + width]
    if (pictures[..., :1] == pictures).all():
        pictures = pictures[..., :1]
    return np.ascontiguousarray(pictures)


def image_column(name: str, array: NDArray[Any], bounds: Bounds) -> Column:
    """Arrays (rows, height, width) or (rows, height, width, 1, 3 or 4 channels) of pixels."""
    if array.ndim == 3:
        array = array[..., None]
    if array.shape[-1] not in (1, 3, 4):
        raise UploadRejectedError(
            f"'{tidy(name, 40)}' has the shape {array.shape}; images have 1, 3 or 4 channels, last"
        )
    pixels = _as_bytes(name, array[..., :3] if array.shape[-1] == 4 else array)
    if max(pixels.shape[1:3]) > bounds.image_side:
        pixels = _shrunk(pixels, bounds.image_side)
    bounds.require_table(len(pixels), int(np.prod(pixels.shape[1:])))
    return _column(name, pixels)


def _shrunk(pixels: Pixels, side: int) -> Pixels:
    plain = pixels if pixels.shape[-1] == 3 else pixels[..., 0]
    small = [ImageOps.contain(Image.fromarray(picture), (side, side), Image.Resampling.BILINEAR) for picture in plain]
    stacked = np.stack([np.asarray(picture) for picture in small])
    return stacked if stacked.ndim == 4 else stacked[..., None]


def _as_bytes(name: str, array: NDArray[Any]) -> Pixels:
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        raise UploadRejectedError(f"'{tidy(name, 40)}' has pixels that are no numbers")
    low, high = float(values.min()), float(values.max())
    if low < 0.0 or high > 255.0:
        raise UploadRejectedError(f"'{tidy(name, 40)}' has pixels from {low:g} to {high:g}; bring them to 0..255")
    return (values * (255.0 if high <= 1.0 else 1.0)).round().astype(np.uint8)


def _column(name: str, pixels: Pixels) -> Column:
    height, width = pixels.shape[1:3]
    return Column(name, "image", pixels, [f"{height} × {width}"] * min(len(pixels), 100))
