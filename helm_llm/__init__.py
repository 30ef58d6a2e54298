"""Lint and test Helm charts that serve LLMs."""

__version__ = "0.1.0"
__all__ = ["NIM", "NIMSecrets"]

# Type checkers know this name; importing it from typing would slow every start down.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from helm_llm.nim import NIM, NIMSecrets
else:

    def __getattr__(name):  # noqa: ANN001, ANN202
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from helm_llm import nim

        return getattr(nim, name)
