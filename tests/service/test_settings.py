from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from service.errors import BadSetting
from service.settings import Settings
from tests.project import ROOT


def test_an_empty_environment_gives_the_defaults():
    settings = Settings.from_environ({})

    assert settings == Settings(
        store=Path("var/ibid"),
        host="127.0.0.1",
        port=8000,
        refresh_seconds=1.0,
        log_level="warning",
    )


def test_each_variable_sets_its_field():
    environ = {
        "IBID_STORE": "/srv/books",
        "IBID_HOST": "::1",
        "IBID_PORT": "0",
        "IBID_REFRESH_SECONDS": "0.25",
        "IBID_LOG_LEVEL": "DEBUG",
        "PATH": "/bin",
    }

    settings = Settings.from_environ(environ)

    assert settings == Settings(Path("/srv/books"), "::1", 0, 0.25, "debug")


def test_the_settings_of_a_server_that_others_reach():
    settings = Settings.from_environ(
        {
            "IBID_PUBLIC_URL": "https://books.example/ibid/",
            "IBID_ORIGINS": "https://a.example, http://b.example:8080/",
            "IBID_RATE_PER_MINUTE": "0",
            "IBID_WITHOUT_KEYS": "yes",
            "IBID_LOG_FORMAT": "json",
        }
    )

    assert settings.public_url == "https://books.example/ibid"
    assert settings.origins == ("https://a.example", "http://b.example:8080")
    assert (settings.rate_per_minute, settings.without_keys) == (0, True)
    assert settings.log_format == "json"


def test_the_readme_names_every_setting():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert set(re.findall(r"`(IBID_[A-Z_]+)`", readme)) >= {
        f"IBID_{field.name.upper()}" for field in fields(Settings)
    }


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        pytest.param("IBID_WORKERS", "0", "a whole number from 1", id="no worker"),
        pytest.param("IBID_WAITING", "9" * 5000, "a whole number from 0", id="endless"),
        pytest.param("IBID_ORIGINS", "*", "addresses such as", id="any origin"),
        pytest.param("IBID_PUBLIC_URL", "books.example", "begins with http", id="no scheme"),
        pytest.param("IBID_WITHOUT_KEYS", "maybe", "one of 1, true", id="no switch"),
        pytest.param("IBID_STORE", " ", "a folder", id="no folder"),
        pytest.param("IBID_HOST", "", "a host name", id="no host"),
        pytest.param("IBID_PORT", "http", "a whole number from 0 to 65535", id="no number"),
        pytest.param("IBID_PORT", "65536", "a whole number from 0 to 65535", id="port too high"),
        pytest.param("IBID_PORT", "²", "a whole number", id="a digit int() refuses"),
        pytest.param("IBID_REFRESH_SECONDS", "nan", "seconds above 0", id="not a time"),
        pytest.param("IBID_REFRESH_SECONDS", "soon", "seconds above 0", id="no time"),
        pytest.param("IBID_LOG_LEVEL", "loud", "one of debug, info", id="no level"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(variable, value, expected):
    with pytest.raises(BadSetting, match=f"{variable} is .*{expected}"):
        Settings.from_environ({variable: value})


def test_an_unknown_variable_is_refused_with_the_nearest_known_one():
    with pytest.raises(BadSetting, match=r"IBID_STOR; .* did you mean IBID_STORE"):
        Settings.from_environ({"IBID_STOR": "x"})
