"""Names that are much alike, found without comparing every name with every other."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import combinations

from .cells import name_key

CLOSE = Fraction(4, 5)
# A part that more names than this share tells nothing; the whole work stays in proportion to the names.
MOST_SHARING = 60
MOST_COMPARED = 100_000
_NUMERALS = frozenset("0123456789〇零一二三四五六七八九十百千")


def similar_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of distinct names that may mean one department, sorted.

    One is the tail of the other (市公安局, 哈尔滨市公安局), they differ in one character that is not a numeral on both
    sides (第一分局, 第二分局), or they are as alike as difflib's ratio of 0.8.
    """
    distinct = sorted(set(names))
    found = {_sorted_pair(*pair) for pair in _tails(distinct)} | {
        _sorted_pair(*pair) for pair in _one_apart(distinct)
    }
    for one, other in _candidates(distinct):
        if (one, other) not in found and not _numbered(one, other) and _ratio_at_least(one, other):
            found.add((one, other))
    return sorted(found)


def _sorted_pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _tails(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each name with those that it ends in; spaces and width make no difference."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_key[name_key(name)].append(name)
    for key, spelled in by_key.items():
        yield from combinations(spelled[:MOST_SHARING], 2)
        for start in range(1, len(key) - 1):
            for tail in by_key.get(key[start:], ())[:1]:
                yield spelled[0], tail


def _one_apart(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield names of one length that differ in one place, unless a numeral stands there in both."""
    for place in range(max(map(len, names), default=0)):
        sharing: dict[tuple[int, str], list[str]] = defaultdict(list)
        for name in names:
            if 1 < len(name) > place:
                sharing[len(name), name[:place] + name[place + 1 :]].append(name)
        for members in sharing.values():
            named = [name for name in members if name[place] not in _NUMERALS]
            numbered = [name for name in members if name[place] in _NUMERALS][:1]
            yield from combinations([*named, *numbered][:MOST_SHARING], 2)


def _candidates(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs that share rare parts, those that share most first, as many as may be compared."""
    sharing: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        for part in sorted(_parts(name)):
            sharing[part].append(index)
    crowd = max(MOST_SHARING, MOST_COMPARED // max(len(names), 1) // 4)
    counted: Counter[tuple[int, int]] = Counter()
    for part in sorted(sharing, key=lambda part: (len(sharing[part]), part)):
        if len(sharing[part]) > crowd or len(counted) > MOST_COMPARED:
            break
        counted.update(combinations(sharing[part], 2))
    best = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_COMPARED]
    return [(names[one], names[other]) for (one, other), _ in best]


def _parts(name: str) -> set[str]:
    return {name[start : start + 2] for start in range(len(name) - 1)}


def _numbered(one: str, other: str) -> bool:
    """Return whether two names are the same but for their numerals."""
    return _without_numerals(one) == _without_numerals(other)


def _without_numerals(name: str) -> str:
    return "".join(char for char in name if char not in _NUMERALS)


def _ratio_at_least(one: str, other: str) -> bool:
    """Return whether difflib's ratio is at least 0.8; two cheap upper limits come first."""
    total = len(one) + len(other)
    if 2 * min(len(one), len(other)) < CLOSE * total:
        return False
    common = (Counter(one) & Counter(other)).total()
    if 2 * common < CLOSE * total:
        return False
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return 2 * sum(block.size for block in blocks) >= CLOSE * total


class Nearest:
    """The known names closest to one that nobody knows."""

    def __init__(self, names: Iterable[str], most_questions: int = 200) -> None:
        self._names = sorted(set(names))
        self._sharing: dict[str, list[int]] = defaultdict(list)
        for index, name in enumerate(self._names):
            for part in _parts(name):
                self._sharing[part].append(index)
        self._answers: dict[str, tuple[str, ...]] = {}
        self._most_questions = most_questions

    def __call__(self, name: str) -> tuple[str, ...]:
        """Return up to three names, closest first; nothing after the first few hundred different questions."""
        if name not in self._answers:
            if len(self._answers) >= self._most_questions:
                return ()
            self._answers[name] = self._closest(name)
        return self._answers[name]

    def _closest(self, name: str) -> tuple[str, ...]:
        shared = Counter(index for part in _parts(name) for index in self._sharing.get(part, ()))
        near = sorted(shared, key=lambda index: (-shared[index], index))[:50]
        scored = [
            (SequenceMatcher(None, name, self._names[index]).ratio(), self._names[index]) for index in near
        ]
        return tuple(
            found for ratio, found in sorted(scored, key=lambda item: (-item[0], item[1]))[:3] if ratio >= 0.4
        )
