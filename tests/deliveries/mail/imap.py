"""A small IMAP server: one user, one folder, what a reader of bounces asks of one (RFC 3501)."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

USER, PASSWORD, FOLDER = "bounces", "not-a-secret", "INBOX"
ASKED = re.compile(r"(?P<tag>\S+) (?P<verb>UID \w+|\w+) ?(?P<rest>.*)")


@dataclass
class Folder:
    """The messages of the folder, and which of them were seen, by uid from 1."""

    messages: list[bytes] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    says_nothing: bool = False


class Conversation(socketserver.StreamRequestHandler):
    """One client."""

    folder: Folder

    def handle(self) -> None:
        if self.folder.says_nothing:
            threading.Event().wait(3)
            return
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            found = ASKED.fullmatch(line)
            assert found is not None
            verb = found["verb"].upper().replace(" ", "_").lower()
            answer = getattr(self, verb, self.unknown)(found["rest"])
            self._say(f"{found['tag']} {answer} done")
            if verb == "logout":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def unknown(self, _: str) -> str:
        return "BAD what?"

    def capability(self, _: str) -> str:
        self._say("* CAPABILITY IMAP4rev1")
        return "OK"

    def login(self, rest: str) -> str:
        right = rest.replace('"', "").split() == [USER, PASSWORD]
        return "OK" if right else "NO wrong"

    def select(self, rest: str) -> str:
        if rest.strip('"') != FOLDER:
            return "NO there is none"
        self._say(f"* {len(self.folder.messages)} EXISTS")
        return "OK [READ-WRITE]"

    def uid_search(self, rest: str) -> str:
        assert rest == "UNSEEN"
        uids = range(1, len(self.folder.messages) + 1)
        found = " ".join(str(uid) for uid in uids if uid not in self.folder.seen)
        self._say(f"* SEARCH {found}".rstrip())
        return "OK"

    def uid_fetch(self, rest: str) -> str:
        found = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        assert found is not None
        uid, most = int(found[1]), int(found[2])
        content = self.folder.messages[uid - 1][:most]
        self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode())
        self.wfile.write(content + b")\r\n")
        return "OK"

    def uid_store(self, rest: str) -> str:
        found = re.fullmatch(r"(\d+) \+FLAGS\.SILENT \(\\Seen\)", rest)
        assert found is not None
        self.folder.seen.add(int(found[1]))
        return "OK"

    def logout(self, _: str) -> str:
        self._say("* BYE")
        return "OK"


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def serving(folder: Folder) -> Iterator[int]:
    """The server on a port of this machine, for as long as the block lasts."""
    handler = type("Handler", (Conversation,), {"folder": folder})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(timeout=5)
