from datetime import date, timedelta

import pytest

from fulfillment.domain.planning.delay_rule import (
    TIME_TO_ANSWER,
    Delay,
    DelayNotice,
    Silence,
    delay_notice,
)

PROMISED = date(2026, 3, 10)
BEFORE = PROMISED - timedelta(days=8)
LIMIT = date(2026, 4, 9)
CONSENTS = DelayNotice(Silence.CONSENTS)


def cancels(on: date) -> DelayNotice:
    return DelayNotice(Silence.CANCELS, on)


ROWS = {
    "first, a day within 30 days": (Delay(PROMISED, date(2026, 3, 20)), BEFORE, CONSENTS),
    "first, on the 30th day": (Delay(PROMISED, LIMIT), BEFORE, CONSENTS),
    "first, on the 31st day": (
        Delay(PROMISED, LIMIT + timedelta(days=1)), BEFORE, cancels(LIMIT),
    ),
    "first, without a day": (Delay(PROMISED, None), BEFORE, cancels(LIMIT)),
    "second, within 30 days still": (
        Delay(PROMISED, date(2026, 3, 30), 1, date(2026, 3, 20)), PROMISED,
        cancels(date(2026, 3, 20)),
    ),
    "second, longer": (
        Delay(PROMISED, date(2026, 6, 1), 1, date(2026, 3, 20)), PROMISED,
        cancels(date(2026, 3, 20)),
    ),
    "second, without a day": (
        Delay(PROMISED, None, 1, date(2026, 3, 20)), PROMISED, cancels(date(2026, 3, 20)),
    ),
    "second, after one that named no day": (
        Delay(PROMISED, date(2026, 3, 30), 1, None), PROMISED, cancels(LIMIT),
    ),
    "third": (
        Delay(PROMISED, date(2026, 6, 1), 2, date(2026, 5, 20)), date(2026, 5, 1),
        cancels(date(2026, 5, 20)),
    ),
    "known so late that there is no time to answer": (
        Delay(PROMISED, date(2026, 6, 1), 1, date(2026, 3, 20)), date(2026, 3, 19),
        cancels(date(2026, 3, 19) + TIME_TO_ANSWER),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_silence_means(name):
    delay, today, expected = ROWS[name]
    assert delay_notice(delay, today) == expected


def test_a_merchant_may_take_silence_for_consent_for_fewer_days():
    delay = Delay(PROMISED, PROMISED + timedelta(days=15))
    assert delay_notice(delay, BEFORE, consent_days=14).silence is Silence.CANCELS
