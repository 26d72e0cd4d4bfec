"""What becomes of an order whose customer says nothing to a delay (after 16 CFR 435.2(b)).

Who can not ship by the day that was told asks the customer before that day passes. Silence is
consent to a first delay of bounded length with a definite new day. To anything else it is none:
what has not left by a day that the notice names is cancelled, and its money is due back.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

CONSENT_DAYS = 30
"""So many days after the first promise a first delay may end, and silence still consents to it."""

TIME_TO_ANSWER = timedelta(days=7)
"""A customer has so long to answer at least, also where the notice leaves late."""


class Silence(StrEnum):
    """What it means that a customer does not answer."""

    CONSENTS = "consents"
    CANCELS = "cancels"


@dataclass(frozen=True, slots=True)
class Delay:
    """A delay as it is told: the day that was promised first, what was told before, the new day.

    `told_on` is the day that the notice before named, of `notices` that there were; None: it named
    none. `expected_on` is None where no day can be named now.
    """

    promised_on: date
    expected_on: date | None
    notices: int = 0
    told_on: date | None = None


@dataclass(frozen=True, slots=True)
class DelayNotice:
    """What a notice says of silence, and the day on which it cancels."""

    silence: Silence
    cancel_on: date | None = None


def delay_notice(delay: Delay, today: date, consent_days: int = CONSENT_DAYS) -> DelayNotice:
    """What silence to this delay means.

    A first delay with a day at most `consent_days` after the first promise: consent. A longer one,
    or one without a day: what is unshipped so many days after the first promise is cancelled. A
    further delay: what is unshipped on the day that was told before is.
    """
    limit = delay.promised_on + timedelta(days=consent_days)
    if delay.notices == 0:
        if delay.expected_on is not None and delay.expected_on <= limit:
            return DelayNotice(Silence.CONSENTS)
        ends_on = limit
    else:
        ends_on = delay.told_on or limit
    return DelayNotice(Silence.CANCELS, max(ends_on, today + TIME_TO_ANSWER))
