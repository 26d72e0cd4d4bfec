"""What the page says, language by language: a name for each sentence, and the same names in all.

A sentence that counts has one form for each plural of its language, behind a dot.
"""

from collections.abc import Mapping

Sentences = Mapping[str, str]

ENGLISH: Sentences = {
    "title": "Your order {number}",
    "skip": "Skip to content",
    "products": "What you ordered",
    "sent": "What has left",
    "to_come": "What is to come",
    "choose": "What you can choose",
    "choose_hint": "One press is enough. Nothing else is changed.",
    "press": "Choose this",
    "private": "Who has the link to this page can see this order and choose for you.",
    "status.preparing": "We have your order and are getting it ready.",
    "status.held": "We are looking at your order. You need not do anything.",
    "status.waits": "Something that you ordered is not here yet.",
    "status.packing": "Everything is here and is being made ready to go.",
    "status.partly_left": "A part of your order has left. The rest follows.",
    "status.left": "Everything has left and is on its way to you.",
    "status.cancelled": "This order is cancelled.",
    "line.shipped": "{units} left",
    "line.to_come": "{units} to come",
    "line.cancelled": "{units} cancelled",
    "left_on": "Left on {day}",
    "carried": "Carrier: {carrier}",
    "tracked": "Tracking number: {tracking}",
    "today": "Leaves today",
    "tomorrow": "Leaves tomorrow",
    "on_day": "Leaves on {day}",
    "units_of": "{units} × {name}",  # noqa: RUF001 -- as it is written on labels
    "parcels.one": "In one parcel",
    "parcels.other": "In {count} parcels",
    "nothing_comes": "Nothing more comes.",
    "cancelled": "Cancelled: {goods}",
    "refund": "{amount} is paid back to you.",
    "less": "You pay {amount} less.",
    "offer.accept_date": "Keep the order and wait",
    "gives.accept_date": "You agree to wait until {day}.",
    "offer.ship_now": "Send now what is here",
    "offer.ship_as_available": "Send each part as soon as it is here",
    "offer.exchange": "Take {new} instead of {old}",
    "offer.wait_for_all": "Send everything together",
    "offer.cancel_short": "Cancel what is missing",
    "offer.cancel_order": "Cancel all that has not left",
    "chose": "On {day} you chose: {offer}.",
    "chose.exchange": "another product",
    "changed": "Nothing was done: your order has changed since this page was opened. This is how it"
    " is now.",
    "notice.wrong": "There is no such page",
    "notice.wrong.what": "Open the whole link from your mail. It ends with 43 characters.",
    "notice.ended": "This link has ended",
    "notice.ended.what": "Write to the shop where you ordered; it can send you a new link.",
    "notice.often": "That was too often",
    "notice.often.what": "Wait a minute, then open the link again. Nothing was changed.",
    "notice.unread": "That could not be read",
    "notice.unread.what": "Open the link again and press one of the buttons. Nothing was changed.",
    "notice.busy": "Your order is being worked on at this moment",
    "notice.busy.what": "Open the link again in a minute. Nothing was changed.",
}

GERMAN: Sentences = {
    "title": "Ihre Bestellung {number}",
    "skip": "Zum Inhalt",
    "products": "Was Sie bestellt haben",
    "sent": "Was unterwegs ist",
    "to_come": "Was noch kommt",
    "choose": "Was Sie wählen können",
    "choose_hint": "Einmal drücken genügt. Sonst wird nichts geändert.",
    "press": "Das wählen",
    "private": "Wer den Link zu dieser Seite hat, sieht diese Bestellung und kann für Sie wählen.",
    "status.preparing": "Wir haben Ihre Bestellung und bereiten sie vor.",
    "status.held": "Wir sehen uns Ihre Bestellung an. Sie müssen nichts tun.",
    "status.waits": "Etwas, das Sie bestellt haben, ist noch nicht da.",
    "status.packing": "Alles ist da und wird zum Versand vorbereitet.",
    "status.partly_left": "Ein Teil Ihrer Bestellung ist unterwegs. Der Rest folgt.",
    "status.left": "Alles hat uns verlassen und ist auf dem Weg zu Ihnen.",
    "status.cancelled": "Diese Bestellung ist storniert.",
    "line.shipped": "{units} unterwegs",
    "line.to_come": "{units} noch offen",
    "line.cancelled": "{units} storniert",
    "left_on": "Abgeschickt am {day}",
    "carried": "Zusteller: {carrier}",
    "tracked": "Sendungsnummer: {tracking}",
    "today": "Geht heute ab",
    "tomorrow": "Geht morgen ab",
    "on_day": "Geht am {day} ab",
    "units_of": "{units} × {name}",  # noqa: RUF001 -- as it is written on labels
    "parcels.one": "In einem Paket",
    "parcels.other": "In {count} Paketen",
    "nothing_comes": "Es kommt nichts mehr.",
    "cancelled": "Storniert: {goods}",
    "refund": "{amount} werden Ihnen erstattet.",
    "less": "Sie zahlen {amount} weniger.",
    "offer.accept_date": "Bestellung behalten und warten",
    "gives.accept_date": "Sie sind einverstanden, bis {day} zu warten.",
    "offer.ship_now": "Jetzt schicken, was da ist",
    "offer.ship_as_available": "Jeden Teil schicken, sobald er da ist",
    "offer.exchange": "{new} statt {old} nehmen",
    "offer.wait_for_all": "Alles zusammen schicken",
    "offer.cancel_short": "Stornieren, was fehlt",
    "offer.cancel_order": "Alles stornieren, was noch nicht unterwegs ist",
    "chose": "Am {day} haben Sie gewählt: {offer}.",
    "chose.exchange": "ein anderes Produkt",
    "changed": "Es wurde nichts getan: Ihre Bestellung hat sich geändert, seit diese Seite geöffnet"
    " wurde. So ist sie jetzt.",
    "notice.wrong": "Diese Seite gibt es nicht",
    "notice.wrong.what": "Öffnen Sie den ganzen Link aus der E-Mail. Er endet mit 43 Zeichen.",
    "notice.ended": "Dieser Link ist abgelaufen",
    "notice.ended.what": "Schreiben Sie dem Geschäft, bei dem Sie bestellt haben; es kann Ihnen"
    " einen neuen Link schicken.",
    "notice.often": "Das war zu oft",
    "notice.often.what": "Warten Sie eine Minute und öffnen Sie den Link dann noch einmal. Es wurde"
    " nichts geändert.",
    "notice.unread": "Das war nicht zu lesen",
    "notice.unread.what": "Öffnen Sie den Link noch einmal und drücken Sie einen der Knöpfe. Es"
    " wurde nichts geändert.",
    "notice.busy": "An Ihrer Bestellung wird gerade gearbeitet",
    "notice.busy.what": "Öffnen Sie den Link in einer Minute noch einmal. Es wurde nichts"
    " geändert.",
}

LANGUAGES: Mapping[str, Sentences] = {"en": ENGLISH, "de": GERMAN}
"""As shipped; the first one serves who reads none of them."""
