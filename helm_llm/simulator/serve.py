"""The life of one server, from its first line to its exit code."""

from __future__ import annotations

import signal
from collections.abc import Mapping

from helm_llm import __version__
from helm_llm.simulator import startup
from helm_llm.simulator.application import Application
from helm_llm.simulator.failure import StartFailed
from helm_llm.simulator.life import Life
from helm_llm.simulator.log import Log, say
from helm_llm.simulator.metrics import Metrics
from helm_llm.simulator.personality import Personality
from helm_llm.simulator.server import Server
from helm_llm.simulator.settings import Settings

_SECRET = ("api-key", "hf-token")


def introduce(personality: Personality, release: str) -> None:
    """The first line of every log."""
    played = f"personality {personality.name}, answering like {'NIM' if personality.is_nim_1 else 'vLLM'} {release}"
    say(f"[simulator] helm-llm simulator {__version__}, {played}; no model is loaded")


def serve(
    settings: Settings, given: Mapping[str, object], environ: Mapping[str, str]
) -> int:
    """Start, serve until a signal comes, stop; raises StartFailed if the engine would not start."""
    stops, log = (
        _hold_back_signals(ignore_term=settings.faults.ignore_term),
        Log(settings.jsonl),
    )
    log.engine(
        f"vLLM server version {settings.release}, serving model {settings.model}"
    )
    shown = {
        name.replace("-", "_"): "***" if name in _SECRET else value
        for name, value in given.items()
    }
    log.engine(f"non-default args: {shown}")
    life = Life(settings.faults)
    application = Application(settings, life, Metrics(settings))
    server = Server(settings, application, life, log)
    startup.check(settings, environ, log)
    if _early(settings):
        server.open()
    if _stopped(stops, settings.faults.startup_seconds):
        raise StartFailed("KeyboardInterrupt", 130)
    if settings.faults.fail_start:
        code, text = settings.faults.fail_start
        raise StartFailed(text, code)
    if not settings.headless:
        _announce(application, server, log)
        life.begin()
        server.open()
    if not _stopped(stops, settings.faults.crash_after):
        raise StartFailed("RuntimeError: Engine core died, as ordered.")
    return _shut_down(server, settings.shutdown_timeout, log)


def _hold_back_signals(*, ignore_term: bool) -> set[signal.Signals]:
    """The signals that end us, kept until they are asked for: so none is lost, not even by process 1."""
    if ignore_term:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stops = {signal.SIGINT} if ignore_term else {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    return stops


def _stopped(stops: set[signal.Signals], seconds: float | None) -> bool:
    """Whether a signal came within so many seconds, or ever."""
    return bool(
        signal.sigwait(stops)
        if seconds is None
        else signal.sigtimedwait(stops, seconds)
    )


def _early(settings: Settings) -> bool:
    """Whether it answers while it starts; a start that takes no time is not shown."""
    mode = settings.faults.startup_mode
    early = mode == "503" if mode else settings.personality.listens_early
    return early and settings.faults.startup_seconds > 0


def _announce(application: Application, server: Server, log: Log) -> None:
    log.engine(f"Starting vLLM server on {server.url}")
    log.engine("Available routes are:")
    for path, methods in application.routes.items():
        log.engine(f"Route: {path}, Methods: {', '.join(methods)}")
    log.http("Application startup complete.")


def _shut_down(server: Server, seconds: int, log: Log) -> int:
    mode = "drain" if seconds else "abort"
    log.engine("[shutdown] API server: shutdown triggered")
    log.engine(
        f"[shutdown] API server: stopping engine client mode={mode} timeout={seconds}s"
    )
    server.close(seconds)
    return 0
