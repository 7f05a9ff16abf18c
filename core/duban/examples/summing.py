"""What the examples do not reach and do not notice, in words."""

from collections.abc import Iterator, Sequence

from duban.documents import KeyPath
from duban.exact import plain
from duban.ruleset import Titled
from duban.texts import Language, phrase

from .coverage import Gap
from .mutants import Mutant
from .mutations import Mutation
from .opening import Rules
from .pieces import Piece
from .proposing import Proposal


class Summary:
    """Tells gaps, mutants and proposals in one language."""

    def __init__(self, rules: Rules, language: Language) -> None:
        self._rules, self._language = rules, language

    def say(self, code: str, /, **facts: object) -> str:
        """Return a phrase of the examples."""
        return phrase(f"examples.{code}", self._language, **facts)

    def gaps(self, gaps: Sequence[Gap]) -> Iterator[str]:
        """Return one line for each thing that no example reaches."""
        yield self.say("uncovered", count=len(gaps)) if gaps else self.say("covered")
        yield from (f"  {self.gap(gap)}" for gap in gaps)

    def gap(self, gap: Gap) -> str:
        """Return what is not reached, with its place."""
        what = self._piece(gap.piece) if gap.piece is not None else self.say(f"gap_{gap.code}", **gap.facts)
        return self.say(
            "gap", place=self._place(gap.path), path=dotted(gap.path), title=self._title(gap.path), what=what
        )

    def mutants(self, mutants: Sequence[Mutant]) -> Iterator[str]:
        """Return how many changes were noticed, and one line for each that was not."""
        unnoticed = [item for item in mutants if item.noticed_by is None]
        said = {"count": len(mutants), "unnoticed": len(unnoticed)}
        yield self.say("mutants", noticed=len(mutants) - len(unnoticed), **said)
        for mutant in unnoticed:
            yield f"  {self.mutant(mutant.mutation)}"

    def unproposed(self, mutants: Sequence[Mutant]) -> Iterator[str]:
        """Return the changes that stated facts could show, and for which no example was found."""
        left = [item.mutation for item in mutants if not item.mutation.is_of_data]
        if left:
            yield self.say("unproposed")
        yield from (f"  {dotted(item.path)} {self.change(item)}" for item in left)

    def mutant(self, mutation: Mutation) -> str:
        """Return one change with its place."""
        place, path = self._place(mutation.path), dotted(mutation.path)
        note = self.say("needs_rows") if mutation.is_of_data else ""
        return self.say("mutant", place=place, path=path, change=self.change(mutation)) + note

    def change(self, mutation: Mutation) -> str:
        """Return what was changed to what."""
        code = {"left_out": "change_left_out", "order": "change_order"}.get(mutation.kind, "change")
        return self.say(code, before=mutation.before, after=mutation.after)

    def proposal(self, proposal: Proposal) -> str:
        """Return an example as it could stand in the file."""
        told = [f"{dotted(item.mutation.path)} {self.change(item.mutation)}" for item in proposal.mutants]
        says = self.say("proposal_says", path=dotted(proposal.mutants[0].mutation.path))
        return proposal.toml(says, self.say("proposal_note", changes=self.say("semicolon").join(told)))

    def _piece(self, piece: Piece) -> str:
        if piece.kind == "label":
            return self.say("gap_label", label=piece.label)
        if piece.kind != "interval":
            return self.say(f"gap_{piece.kind}")
        kind = {(True, True): "any", (True, False): "below", (False, True): "from", (False, False): "between"}
        code = kind[piece.low is None, piece.high is None]
        return self.say(f"gap_piece_{code}", low=plain(piece.low), high=plain(piece.high))

    def _place(self, path: KeyPath) -> str:
        return str(self._rules.loaded.at(path))

    def _title(self, path: KeyPath) -> str:
        thing = getattr(self._rules.loaded.ruleset, str(path[0]))[path[1]]
        return thing.name(self._language) if isinstance(thing, Titled) else ""


def dotted(path: KeyPath) -> str:
    """Return a path as it is written in TOML."""
    return ".".join(str(part) for part in path)
