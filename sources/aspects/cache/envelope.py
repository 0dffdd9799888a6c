"""A batch as bytes: times as JSON, columns as an Arrow stream. Nothing in it can run when it is read.

What cannot be read, because another version wrote it or it was cut short, is as good as not there. A checksum
says so: a stream that ends between two of its blocks looks like a shorter one.
"""

import zlib
from datetime import datetime
from io import BytesIO
from typing import Final

import orjson
import polars as pl

from sources.spi.batch import Batch, Freshness
from sources.spi.facts import Fact

_VERSION: Final = b"3F1"
_LENGTH: Final = 4
_HEAD: Final = len(_VERSION) + _LENGTH


def sealed(batch: Batch) -> bytes:
    columns = BytesIO()
    # A frame is locked while it is written, and writing to a Python file needs the interpreter, which who
    # looks at the very same frame meanwhile holds on to. A clone has a lock of its own, and the same columns.
    batch.frame.clone().write_ipc_stream(columns)
    told = orjson.dumps(
        {
            "checksum": zlib.crc32(columns.getbuffer()),
            "fact": batch.fact,
            "dataAsOf": batch.data_as_of.isoformat(),
            "fetchedAt": batch.fetched_at.isoformat(),
        }
    )
    return b"".join((_VERSION, len(told).to_bytes(_LENGTH, "big"), told, columns.getbuffer()))


def opened(envelope: bytes) -> Batch | None:
    """The batch as it is now: kept, at the price of no call."""
    if envelope[: len(_VERSION)] != _VERSION:
        return None
    end = _HEAD + int.from_bytes(envelope[len(_VERSION) : _HEAD], "big")
    try:
        told = orjson.loads(envelope[_HEAD:end])
        columns = memoryview(envelope)[end:]
        if told["checksum"] != zlib.crc32(columns):
            return None
        return Batch(
            fact=Fact(told["fact"]),
            frame=pl.read_ipc_stream(BytesIO(columns)),
            data_as_of=datetime.fromisoformat(told["dataAsOf"]),
            fetched_at=datetime.fromisoformat(told["fetchedAt"]),
            calls=0,
            freshness=Freshness.CACHED,
        )
    except (ValueError, KeyError, TypeError, OSError, pl.exceptions.PolarsError):
        return None
