"""The files for containers name what is there: commands, paths, settings."""

import re
from pathlib import Path
from typing import Any

import yaml

from bridge24.cli.app import cli
from bridge24.core.settings import Settings

ROOT = Path(__file__).parents[3]
COMPOSE = ("compose.yaml", "compose.prod.yaml")
OF_OTHERS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


def _services() -> list[dict[str, Any]]:
    files = [yaml.safe_load((ROOT / name).read_text()) for name in COMPOSE]
    return [service for file in files for service in file["services"].values()]


def test_every_service_starts_a_command_there_is() -> None:
    commands = {command.name for command in cli.registered_commands}
    started = {service["command"][0] for service in _services() if "command" in service}
    assert started == {"serve", "worker"}
    assert started <= commands


def test_every_setting_given_is_one_we_read() -> None:
    known = {name.upper() for name in Settings.model_fields} | OF_OTHERS
    given = {name for service in _services() for name in service.get("environment", {})}
    assert {"HOST", "DATABASE_URL"} <= given <= known


def test_the_image_copies_only_what_is_in_the_repository() -> None:
    dockerfile = (ROOT / "backend" / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    paths = " ".join(copied).split()
    assert {"backend", "frontend"} <= set(paths)
    for path in paths:
        assert (ROOT / path).exists(), path
    for service in _services():
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).is_file()


def test_no_secret_stands_in_the_files() -> None:
    for name in COMPOSE:
        for found in re.findall(r"PASSWORD: *(\S+)|://\w+:([^@]+)@", (ROOT / name).read_text()):
            assert "".join(found).startswith("${")
