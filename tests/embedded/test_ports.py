import os
import socket
from contextlib import closing

import pytest

from embedded.ports import LOOPBACK, any_free, is_free, listens, preferred_or_free


@pytest.mark.parametrize("holder", [LOOPBACK, "0.0.0.0"])
@pytest.mark.parametrize("host", [LOOPBACK, "0.0.0.0", "localhost"])
def test_port_is_taken_when_somebody_listens_where_one_would_be_met(holder, host):
    with closing(socket.create_server((holder, 0))) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port, host)
        assert preferred_or_free(port, host) != port
    assert is_free(port, host)
    assert preferred_or_free(port, host) == port


def test_any_port_is_taken_when_none_is_wished():
    assert preferred_or_free(0) > 0
    assert preferred_or_free(None) > 0


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_wished_port_stays_when_the_host_is_wrong_so_that_its_server_can_tell(host):
    port = any_free()
    assert preferred_or_free(port, host) == port


def test_process_listens_when_the_port_is_its_own():
    with closing(socket.create_server((LOOPBACK, 0))) as taken:
        port = taken.getsockname()[1]
        assert listens(os.getpid(), port)
        assert not listens(os.getppid(), port)
    assert not listens(os.getpid(), port)
