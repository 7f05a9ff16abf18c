"""How likely chance alone is to give one department so many of the rows that stand out (Fisher's exact test)."""

from fractions import Fraction

# The scale of the whole numbers that are added up: what vanishes in it is beyond every threshold.
_ONE = 10**60


def chance_of_so_many(hits: int, count: int, all_hits: int, all_count: int) -> Fraction:
    """Return the probability that at least `hits` of a department's `count` rows are among `all_hits` of `all_count`.

    The hits fall on the rows blindly: the upper tail of the hypergeometric distribution, right to 50 places.

    Raises: ValueError, unless 0 ≤ hits ≤ count ≤ all_count and the department's part fits into the whole.
    """
    low, high = max(0, count + all_hits - all_count), min(count, all_hits)
    if not low <= hits <= high or count > all_count:
        raise ValueError(f"no chance of {hits} out of {count} with {all_hits} out of {all_count}")
    mode = (count + 1) * (all_hits + 1) // (all_count + 2)
    total = tail = 0
    weight, number = _ONE, mode
    while weight and number <= high:
        total, tail = total + weight, tail + (weight if number >= hits else 0)
        weight = weight * (all_hits - number) * (count - number)
        number += 1
        weight //= number * (all_count - all_hits - count + number)
    weight, number = _ONE, mode
    while weight and number > low:
        weight = weight * number * (all_count - all_hits - count + number)
        weight //= (all_hits - number + 1) * (count - number + 1)
        number -= 1
        total, tail = total + weight, tail + (weight if number >= hits else 0)
    return Fraction(tail, total)
