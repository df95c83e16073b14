"""The files for running the server elsewhere, held against the settings that they name."""

from __future__ import annotations

import configparser
import fnmatch
import json
import re
import shlex
import shutil
import subprocess

import pytest
import yaml

from service.cli import main
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


def unit() -> configparser.SectionProxy:
    """Read the section of the unit that says how the server runs."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(DEPLOY / "ibid.service", encoding="utf-8")
    return unit["Service"]


def instructions() -> list[tuple[str, str]]:
    """Read the Dockerfile: each instruction with what stands behind it, on one line."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines()]


def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["ibid"]


def test_what_is_copied_into_the_image_is_there_and_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line.removeprefix("!/") for line in ignored if line.startswith("!")]
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY"]
    sources = [source for words in copied if not words[0].startswith("--") for source in words]

    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert source == "." or any(fnmatch.fnmatch(source, pattern) for pattern in kept)


def test_a_stage_that_is_copied_from_has_been_built():
    stages = [rest.partition(" AS ")[2] for name, rest in instructions() if name == "FROM"]
    taken = re.findall(r"--from=(\S+)", "\n".join(rest for _, rest in instructions()))

    assert set(taken) <= set(stages)
    assert all(":" in rest.split()[0] for name, rest in instructions() if name == "FROM")


def test_what_the_image_and_the_unit_start_is_a_command(capsys):
    started = dict(instructions())
    in_image = [*json.loads(started["ENTRYPOINT"]), *json.loads(started["CMD"])]
    in_unit = shlex.split(unit()["ExecStart"])

    for program, *arguments in (in_image, in_unit):
        assert program.split("/")[-1] == "ibid"
        assert main([*arguments, "--help"]) == 0
    assert "Answer over HTTP" in capsys.readouterr().out


def test_the_image_asks_itself_where_it_listens():
    started = dict(instructions())
    port = re.search(r"IBID_PORT=(\d+)", started["ENV"])[1]

    assert started["EXPOSE"] == port
    assert f"127.0.0.1:{port}/readyz" in started["HEALTHCHECK"]
    assert [line.split(":")[-1] for line in compose()["ports"]] == [port]


def test_nothing_is_written_but_to_a_folder_of_its_own():
    """Neither the index nor the keys: both are mounted to be read."""
    volumes = [volume.split(":") for volume in compose()["volumes"]]
    places = re.findall(r"IBID_(?:STORE|KEYS)=(/\w+)", dict(instructions())["ENV"])

    assert [(place, mode) for _, place, mode in volumes] == [(place, "ro") for place in places]
    assert compose()["tmpfs"] == ["/tmp"]
    assert unit()["ProtectSystem"] == "strict"
    assert "ReadWritePaths" not in unit()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_every_line_of_the_unit(tmp_path):
    text = (DEPLOY / "ibid.service").read_text(encoding="utf-8")
    # What it starts is not installed here.
    copy = tmp_path / "ibid.service"
    copy.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    command = ["systemd-analyze", "verify", str(copy)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    # Of a line that it does not know it only says so.
    assert [line for line in run.stderr.splitlines() if str(copy) in line] == []
    assert run.returncode == 0


def test_the_server_does_not_run_as_root():
    assert unit()["User"] == "ibid"
    assert re.search(r"^USER (?!0|root)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)


def test_the_composed_service_is_reached_from_this_machine_only():
    assert all(port.startswith("127.0.0.1:") for port in compose()["ports"])
    assert compose()["read_only"] is True
