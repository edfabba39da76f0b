"""Every setting of a server, as one typed object: defaults, then `NEUROGLOW_*` environment variables, then flags.

`docs/settings.md` explains each. Limits are settings too: `NEUROGLOW_LIMITS__SESSIONS=10`.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from neuroglow.errors import StartupError
from neuroglow.spec.limits import FIXED, Limits

Device = Literal["auto", "cpu", "gpu"]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="NEUROGLOW_", env_nested_delimiter="__", frozen=True, extra="ignore", allow_inf_nan=False
    )

    host: str = "127.0.0.1"
    """Address to listen on. One that is not loopback needs `open_to_network`."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """0 picks a free port."""
    data_dir: Path = Field(default_factory=lambda: user_data_path("neuroglow", appauthor=False))
    """Where sessions are kept. One server per data folder."""
    browser: bool = True
    """Open the page in a browser once the server runs."""
    open_to_network: bool = False
    """Let other machines reach this server: anyone who can may create sessions."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names under which the server is reached (`Host` header), such as `lab.example.org` or `name:8080`."""
    allowed_origins: tuple[str, ...] = ()
    """Further exact origins whose pages may call the server, such as a development server's `http://localhost:5173`."""
    static: Path | None = None
    """The folder of the built page; the default is the one inside the package."""
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    """Engine workers; 0 is one per GPU, or one less than the cores (at least one, at most four)."""
    device: Device = "auto"
    """What the workers compute on."""
    parked_sessions: Annotated[int, Field(ge=0)] = 200
    """Sessions kept on disk beyond the live ones; the least recently touched are deleted first."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """Of the log on stderr; auto is console on a terminal and JSON elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    limits: Limits = Limits()
    """Every limit of `spec/limits.py`, each by its own variable `NEUROGLOW_LIMITS__NAME`."""

    @field_validator("limits")
    @classmethod
    def _keep_the_schema(cls, limits: Limits) -> Limits:
        changed = sorted(name for name in FIXED if getattr(limits, name) != Limits.model_fields[name].default)
        if changed:
            raise ValueError(f"{changed[0]} is part of the schema that all servers share and cannot be set")
        return limits

    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address to listen on."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def is_every_address(self) -> bool:
        """Whether the host stands for all of this machine's addresses."""
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_unspecified
        except ValueError:
            return False

    def refuse_unsafe(self) -> None:
        """Raise `StartupError` for settings that must not be served."""
        if not self.is_loopback() and not self.open_to_network:
            raise StartupError(
                f"{self.host} can be reached from other machines, and anyone who can reach it may use this server; "
                "add --open-to-network if that is meant"
            )


def read_settings(given: dict[str, Any]) -> Settings:
    """Settings from the environment with the given ones on top, or `StartupError` that names the wrong one."""
    try:
        settings = Settings(**given)
    except (ValidationError, SettingsError) as error:
        raise StartupError(_explain(error)) from None
    settings.refuse_unsafe()
    return settings


def _explain(error: ValidationError | SettingsError) -> str:
    if isinstance(error, SettingsError):
        return f"A NEUROGLOW_* variable cannot be read: {error}"
    first = error.errors(include_url=False, include_context=False)[0]
    name = ".".join(str(step) for step in first["loc"])
    return f"The setting {name} does not fit: {first['msg'].removeprefix('Value error, ')}"
