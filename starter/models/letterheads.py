"""What a merchant's papers look like."""

import base64
import binascii
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from documents.logo import is_picture
from fulfillment.domain.model.papers import Letterhead
from fulfillment.domain.model.refusals import invalid
from starter.models.fields import Name, Request, example

MOST_LINES = 8
MOST_LOGO_BYTES = 300_000

Base64 = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9+/]*={0,2}$", max_length=MOST_LOGO_BYTES * 4 // 3 + 4),
]

EXAMPLE = {"sender": ["Acme Teas", "Kai 1", "1010 Wien", "AT"]}


class LetterheadIn(Request):
    """What stands over the merchant's packing slips: the sender's address, and a logo."""

    model_config = example(**EXAMPLE, logo=None)

    sender: Annotated[list[Name], Field(max_length=MOST_LINES)] = Field(
        default_factory=list, description="The sender's name and address, line by line."
    )
    logo: Base64 | None = Field(
        default=None, description="A PNG or JPEG in base64, of 300 kB at most; null: none."
    )

    def to_domain(self) -> Letterhead:
        """The letterhead as the store takes it; a refusal where the logo is no picture."""
        return Letterhead(tuple(self.sender), self._picture())

    def _picture(self) -> bytes | None:
        if self.logo is None:
            return None
        try:
            content = base64.b64decode(self.logo, validate=True)
        except binascii.Error:
            content = b""
        if not is_picture(content):
            message = "the logo is no PNG or JPEG of four million pixels at most"
            raise invalid("bad_logo", message, "logo")
        return content


class LetterheadOut(BaseModel):
    """What stands over the merchant's packing slips."""

    model_config = example(**EXAMPLE, logo=None)

    sender: list[str]
    """The name and address of the sender, line by line."""
    logo: str | None = Field(description="In base64.")

    @classmethod
    def of(cls, letterhead: Letterhead) -> "LetterheadOut":
        """As it is answered."""
        logo = base64.b64encode(letterhead.logo).decode() if letterhead.logo else None
        return cls(sender=list(letterhead.sender), logo=logo)
