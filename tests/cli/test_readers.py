"""What is written on the command line, read before anything is sent."""

from pathlib import Path

import pytest

from cli.client.readers import JsonFile
from cli.errors import UsageError


def test_file_is_refused_naming_the_key_when_an_object_holds_it_twice(tmp_path: Path):
    file = tmp_path / "order.json"
    file.write_text('{"number": "A", "lines": [{"sku": "TEA", "sku": "CUP"}]}')
    with pytest.raises(UsageError, match="'sku' stands twice"):
        JsonFile().read("--file", str(file))
