"""The one guard for text in a CSV file that a person may open in a spreadsheet."""

import unicodedata

_RUNS = frozenset("=+-@\t\r\n")
# Letters and signs that show nothing: fillers of Hangul and the empty Braille cell.
_EMPTY = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Separators, controls, marks of format and of the letter before them: what may stand before a formula unseen.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})


def guarded(text: str) -> str:
    """``text`` as a cell: an apostrophe goes before what a spreadsheet would take for a formula.

    That is text whose first visible character, in its plain form (full-width signs count too), is one of
    ``= + - @``, or which holds a tab or a line end before it: programs drop blanks before they look. A number
    is not text and is not given to this function, so a negative amount stays one.
    """
    for character in text:
        if unicodedata.normalize("NFKC", character) in _RUNS:
            return f"'{text}"
        if unicodedata.category(character) not in _UNSEEN and character not in _EMPTY:
            return text
    return text
