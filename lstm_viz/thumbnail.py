"""Thumbnails of arrays as HTML, a heat map as PNG and a curve as SVG, with numpy and the standard library only."""

from __future__ import annotations

import base64
import html
import struct
import zlib

import numpy as np
from jaxtyping import Float, UInt8

from lstm_viz.colours import DIVERGING, INK, SEQUENTIAL

#: The maximum size of a thumbnail, in pixels, for any array.
WIDTH, HEIGHT = 480, 96


def heat_map(values: Float[np.ndarray, "row column"], caption: str) -> str:
    """Draw a heat map as an <img> with its PNG inside, at most `WIDTH` × `HEIGHT` pixels.

    Larger arrays are averaged over blocks of neighbours. Non-negative values are drawn from 0 to their largest, others from
    minus to plus their largest magnitude; NaN and infinite values stay transparent.

    Args:
        values: What is drawn, the first row at the top, [row, column].
        caption: What the picture shows, for screen readers and as tooltip.

    Returns:
        The HTML element; an empty string for an array without values.

    Examples:
        >>> heat_map(np.eye(3), "the identity")[:4]
        '<img'
    """
    rows, columns = values.shape
    if not rows or not columns:
        return ""
    small = _block_means(_block_means(_to_size_one(values), WIDTH).T, HEIGHT).T
    picture = base64.b64encode(_png(_colour(small))).decode()
    width, height = min(WIDTH, max(96, 6 * columns)), min(HEIGHT, max(24, 4 * rows))
    return (
        f'<img src="data:image/png;base64,{picture}" width="{width}" height="{height}" '
        f'style="image-rendering:pixelated;display:block" alt="{html.escape(caption)}" title="{html.escape(caption)}">'
    )


def curve(values: Float[np.ndarray, " time"], caption: str) -> str:
    """Draw a curve as an inline SVG of `WIDTH` × 48 pixels, averaged to at most `WIDTH` points; gaps at NaN and infinite values.

    Args:
        values: What is drawn from left to right, [time].
        caption: What the picture shows, for screen readers and as tooltip.

    Returns:
        The HTML element; an empty string if no value is finite.
    """
    if not np.isfinite(values).any():
        return ""
    means = _block_means(_to_size_one(values)[None], WIDTH)[0]
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    y = 45.0 - 42.0 * (means - low) / ((high - low) or 1.0)
    x = np.linspace(2.0, WIDTH - 2.0, len(means)) if len(means) > 1 else np.array([WIDTH / 2])
    finite = np.isfinite(y)
    path = " ".join(
        f"{'L' if step and finite[step - 1] else 'M'}{x[step]:.0f} {y[step]:.1f}" for step in np.flatnonzero(finite).tolist()
    )
    return (
        f'<svg width="{WIDTH}" height="48" role="img" style="display:block"><title>{html.escape(caption)}</title>'
        f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="1.5" stroke-linecap="round"/></svg>'
    )


def _to_size_one(values: np.ndarray) -> np.ndarray:
    """Divide by the largest finite magnitude, so that sums do not overflow; other values become NaN."""
    finite = np.where(np.isfinite(values), values, np.nan).astype(np.float64)
    return finite / (float(np.nanmax(np.abs(finite), initial=0.0)) or 1.0)


def _block_means(values: Float[np.ndarray, "row column"], most: int) -> Float[np.ndarray, "row block"]:
    """Reduce to at most `most` columns, each the mean of its block's finite values (NaN if there are none)."""
    if values.shape[1] <= most:
        return values
    finite = np.isfinite(values)
    starts = np.linspace(0, values.shape[1], most, endpoint=False).astype(np.int64)
    sums = np.add.reduceat(np.where(finite, values, 0.0), starts, axis=1)
    counts = np.add.reduceat(finite, starts, axis=1, dtype=np.int64)
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)


def _colour(values: Float[np.ndarray, "row column"]) -> UInt8[np.ndarray, "row column 4"]:
    finite = np.isfinite(values)
    known = np.where(finite, values, 0.0)
    signed = bool((known < 0).any())
    share = known / (float(np.abs(known).max()) or 1.0)
    stops = np.array([[int(stop[k : k + 2], 16) for k in (1, 3, 5)] for stop in (DIVERGING if signed else SEQUENTIAL)])
    place = (share + 1.0) / 2.0 if signed else share
    at = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(place, at, stops[:, channel]) for channel in range(3)]
    return np.stack([*channels, np.where(finite, 255.0, 0.0)], axis=-1).round().astype(np.uint8)


def _png(pixels: UInt8[np.ndarray, "row column 4"]) -> bytes:
    """Encode pixels as a PNG file (ISO/IEC 15948): 8 bits a channel with alpha, every row without a filter."""
    rows, columns, _ = pixels.shape
    lines = np.concatenate((np.zeros((rows, 1), np.uint8), pixels.reshape(rows, -1)), axis=1).tobytes()
    header = struct.pack(">IIBBBBB", columns, rows, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
