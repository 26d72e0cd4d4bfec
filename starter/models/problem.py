"""What every refusal looks like (RFC 9457)."""

from typing import Any

from pydantic import BaseModel, Field

from starter.models.fields import example


class Problem(BaseModel):
    """Why a request was not done, for people and for programs. Never holds what was sent."""

    model_config = example(
        type="urn:pegboard:problem:bad_quantity", title="The request holds a value that is wrong",
        status=422, detail="the quantity of TEA-GREEN must be positive, not 0",
        code="bad_quantity", errors=[{"field": "lines[0].quantity"}],
        remedy="Correct the named fields and send it again.",
    )  # fmt: skip

    type: str
    """A name for the code, as RFC 9457 asks."""
    title: str
    """What kind of refusal it is."""
    status: int
    """The status of HTTP."""
    detail: str
    """Why, in a sentence."""
    code: str = Field(description="Stable; programs may decide by it.")
    errors: list[dict[str, Any]] = Field(
        default_factory=list, description="What is at fault: a field's path, or facts of the state."
    )
    remedy: str = Field(description="What can be done.")
