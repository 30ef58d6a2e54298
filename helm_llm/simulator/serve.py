"""The life of one server, from its first log line to its exit code."""

from __future__ import annotations

import signal
from collections.abc import Mapping

from helm_llm import __version__
from helm_llm.simulator import startup
from helm_llm.simulator.application import Application
from helm_llm.simulator.failure import StartFailed
from helm_llm.simulator.lifecycle import Lifecycle
from helm_llm.simulator.log import Log, log_line
from helm_llm.simulator.metrics import Metrics
from helm_llm.simulator.personality import Personality
from helm_llm.simulator.server import Server
from helm_llm.simulator.settings import Settings

_SECRET_OPTIONS = ("api-key", "hf-token")


def log_banner(personality: Personality, release: str) -> None:
    """Write the first line of every log."""
    engine = "vLLM"
    if personality.is_nim_1:
        engine = "NIM"
    log_line(
        f"[simulator] helm-llm simulator {__version__}, "
        f"personality {personality.name}, answering like {engine} {release}; "
        "no model is loaded"
    )


def serve(
    settings: Settings, given: Mapping[str, object], environ: Mapping[str, str]
) -> int:
    """Serve until a signal arrives; StartFailed if the engine would not start."""
    faults = settings.faults
    stop_signals = _block_stop_signals(ignore_term=faults.ignore_term)
    log = Log(settings.jsonl)
    _log_arguments(settings, given, log)
    lifecycle = Lifecycle(faults)
    application = Application(settings, lifecycle, Metrics(settings))
    server = Server(settings, application, lifecycle, log)
    # The port is bound by now, as in vLLM, so that a second server fails at once.
    startup.check_prerequisites(settings, environ, log)
    if _listens_early(settings):
        server.open()
    if _wait_for_signal(stop_signals, faults.startup_seconds):
        raise StartFailed("KeyboardInterrupt", 130)
    if faults.fail_start:
        code, text = faults.fail_start
        raise StartFailed(text, code)
    if not settings.headless:
        _log_routes(application, server, log)
        lifecycle.begin()
        server.open()
    if not _wait_for_signal(stop_signals, faults.crash_after):
        raise StartFailed("RuntimeError: Engine core died, as ordered.")
    return _shut_down(server, settings.shutdown_timeout, log)


def _log_arguments(settings: Settings, given: Mapping[str, object], log: Log) -> None:
    log.engine(
        f"vLLM server version {settings.release}, serving model {settings.model}"
    )
    arguments = {}
    for name, value in given.items():
        shown = value
        if name in _SECRET_OPTIONS:
            shown = "***"
        arguments[name.replace("-", "_")] = shown
    log.engine(f"non-default args: {arguments}")


def _block_stop_signals(*, ignore_term: bool) -> set[signal.Signals]:
    """Block the signals that stop the server until `_wait_for_signal` takes them.

    So no signal is lost, not even for process 1, which ignores signals without a
    handler.
    """
    stop_signals = {signal.SIGINT, signal.SIGTERM}
    if ignore_term:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop_signals.remove(signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)
    return stop_signals


def _wait_for_signal(stop_signals: set[signal.Signals], seconds: float | None) -> bool:
    """Wait for a signal; False if none arrives in time. None waits forever."""
    if seconds is None:
        signal.sigwait(stop_signals)
        return True
    return signal.sigtimedwait(stop_signals, seconds) is not None


def _listens_early(settings: Settings) -> bool:
    """Whether clients get responses while the engine starts."""
    if settings.faults.startup_seconds <= 0:
        return False
    mode = settings.faults.startup_mode
    if mode is None:
        return settings.personality.listens_early
    return mode == "503"


def _log_routes(application: Application, server: Server, log: Log) -> None:
    log.engine(f"Starting vLLM server on {server.url}")
    log.engine("Available routes are:")
    for path, methods in application.routes.items():
        names = ", ".join(methods)
        log.engine(f"Route: {path}, Methods: {names}")
    log.http("Application startup complete.")


def _shut_down(server: Server, seconds: int, log: Log) -> int:
    mode = "abort"
    if seconds:
        mode = "drain"
    log.engine("[shutdown] API server: shutdown triggered")
    log.engine(
        f"[shutdown] API server: stopping engine client mode={mode} timeout={seconds}s"
    )
    server.close(seconds)
    return 0
