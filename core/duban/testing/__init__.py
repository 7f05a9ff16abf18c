"""For tests of plugins: figures over rows written by hand, made-up ledgers, and the checks of `duban plugins check`."""

from .measured import figures

__all__ = ["figures"]
