"""The files for running the server elsewhere, held against the settings that they name."""

from __future__ import annotations

import configparser
import re

import pytest
import yaml

from service.settings import Settings
from tests.project import PACKAGES, ROOT

DEPLOY = ROOT / "deploy"


@pytest.mark.parametrize("name", ["Dockerfile", "ibid.service"])
def test_every_setting_is_one_that_the_server_reads(name):
    text = (DEPLOY / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    environ = dict(re.findall(r"(IBID_[A-Z_]+)=([^\s\\]+)", "\n".join(lines)))

    settings = Settings.from_environ(environ)

    assert settings.log_format == "json"
    assert not settings.without_keys


def test_the_image_is_built_from_what_the_wheel_holds():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line.removeprefix("!/") for line in lines if line.startswith("!")}

    assert set(PACKAGES) <= kept
    assert {name for name in kept if not (ROOT / name).exists()} == set()


def test_the_server_does_not_run_as_root():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(DEPLOY / "ibid.service", encoding="utf-8")

    assert unit["Service"]["User"] == "ibid"
    assert re.search(r"^USER (?!0|root)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)


def test_the_composed_service_is_reached_from_this_machine_only():
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]

    assert all(port.startswith("127.0.0.1:") for port in service["ibid"]["ports"])
    assert service["ibid"]["read_only"] is True
