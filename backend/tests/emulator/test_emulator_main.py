"""The emulator as a command: what it prints, and how it ends."""

import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from bridge24.emulator.__main__ import main


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "bridge24.emulator", "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            greeting = ""
            while "Ctrl-C" not in greeting:
                line = process.stdout.readline()
                assert line, process.stderr and process.stderr.read()
                greeting += line
            yield process, greeting
        finally:
            process.kill()


def fetch(url: str, context: ssl.SSLContext | None = None) -> str:
    with urlopen(url, context=context) as answer:
        text: str = answer.read().decode()
        return text


def test_it_prints_working_addresses_and_ends_cleanly_on_ctrl_c() -> None:
    with running("--portals", "2", "--deals", "60", "--seed", "7") as (process, greeting):
        webhooks = re.findall(r"webhook +(\S+)", greeting)
        control = re.search(r"Control +(\S+)", greeting)
        assert "Portal acme: 60 deals" in greeting
        assert "Portal borealis: 60 deals" in greeting
        assert len(webhooks) == 2
        assert '"ID":"1"' in fetch(f"{webhooks[1]}crm.deal.list?start=-1")
        assert control
        assert "borealis" in fetch(control[1])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)

    assert (process.returncode, out.strip(), err) == (0, "Stopped.", "")


def test_it_speaks_tls_and_writes_its_authority(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    options = ("--tls", "--ca-file", str(ca_file), "--deals", "60", "--time", "virtual")
    with running(*options, "--office", "50") as (_, greeting):
        webhook = re.search(r"webhook +(https\S+)", greeting)
        assert webhook
        context = ssl.create_default_context(cafile=ca_file)
        assert '"result"' in fetch(f"{webhook[1]}crm.deal.fields", context)
        url = webhook[1].replace("127.0.0.1", "localhost")
        assert '"result"' in fetch(f"{url}crm.deal.fields", context)


def test_a_taken_port_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert main(["--deals", "10", "--port", str(port)]) == 1
    assert "cannot start" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--portals", "0"], ["--deals", "many"], ["--port", "70000"]])
def test_senseless_numbers_are_refused(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)

    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err
