"""The media types of answers."""

from typing import Final

from gateway.exports import formats

MODERN: Final = "application/graphql-response+json"
"""With a status that tells whether the document was executed."""
LEGACY: Final = "application/json"
OFFERED: Final = (MODERN, LEGACY, *formats.MEDIA)
