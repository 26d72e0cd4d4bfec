import pytest

from fulfillment.domain.model.mail_addresses import mail_address


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("zoe@shop.example", "zoe@shop.example"),
        (" zoe.quux+a@mail.shop.example ", "zoe.quux+a@mail.shop.example"),
        ("zoe@käse.example", "zoe@xn--kse-qla.example"),
        ("zoe", None),
        ("@shop.example", None),
        ("zoe@", None),
        ("zoe@shop", None),
        ("zoe@shop..example", None),
        ("zoe@-shop.example", None),
        ("zoë@shop.example", None),
        ("zoe@a.example, bob@b.example", None),
        ("zoe@a.example\r\nBcc: bob@b.example", None),
        ("Zoe <zoe@a.example>", None),
        ("z" * 65 + "@shop.example", None),
        ("zoe@" + "a" * 64 + ".example", None),
        ("zoe@" + ".".join(["a" * 60] * 5), None),
    ],
)
def test_a_mail_address_is(written, expected):
    assert mail_address(written) == expected
