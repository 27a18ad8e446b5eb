#!/usr/bin/env python3
"""Makes base/nfc_data.c and tests/unit/base/nfc_cases_data.h from the Unicode data in Python.

    python3 tests/tools/nfc_tables.py           writes both files
    python3 tests/tools/nfc_tables.py --check   fails when they are not what it would write

Which text is normalized is part of the format, so the version of Unicode is pinned.  Everything in the
second file comes from Python's own normalization, not from the tables of the first.
"""
import hashlib
import os
import sys
import unicodedata

VERSION = "14.0.0"
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SURROGATES = range(0xD800, 0xE000)
HANGUL = range(0xAC00, 0xAC00 + 11172)
CODE_POINTS = [c for c in range(0x110000) if c not in SURROGATES]


def nfc(text):
    return unicodedata.normalize("NFC", text)


def nfd(text):
    return unicodedata.normalize("NFD", text)


def ccc(c):
    return unicodedata.combining(chr(c))


def simple_fold(c):
    """Simple case folding (CaseFolding.txt, status C and S): one code point to one."""
    folded = chr(c).casefold()
    if len(folded) != 1:
        folded = chr(c).lower()
    return ord(folded) if len(folded) == 1 else c


def decompositions():
    """(whole, first, second or 0): one step of canonical decomposition, without Hangul syllables."""
    pairs = []
    for c in CODE_POINTS:
        fields = unicodedata.decomposition(chr(c)).split()
        if not fields or fields[0].startswith("<"):
            continue
        parts = [int(field, 16) for field in fields]
        assert len(parts) <= 2 and c >= 0xC0 and c not in HANGUL
        pairs.append((c, parts[0], parts[1] if len(parts) == 2 else 0))
    wholes = {whole for whole, _, _ in pairs}
    # What base/nfc.c rests on.
    assert not any(second in wholes or first in HANGUL for _, first, second in pairs)
    assert max(len(nfd(chr(c))) for c in CODE_POINTS) == 4
    return pairs


def compositions(pairs):
    """The pairs that compose again, by (first, second): all but singletons and exclusions."""
    result = [(w, f, s) for w, f, s in pairs if s and nfc(chr(f) + chr(s)) == chr(w)]
    assert all(ccc(w) == 0 and ccc(f) == 0 and s >= 0x300 for w, f, s in result)
    return sorted(result, key=lambda pair: pair[1:])


def classes():
    """(first, last, class): runs of code points with the same combining class other than 0."""
    runs = []
    for c in CODE_POINTS:
        if ccc(c) == 0:
            continue
        if runs and runs[-1][1] == c - 1 and runs[-1][2] == ccc(c):
            runs[-1][1] = c
        else:
            runs.append([c, c, ccc(c)])
    assert runs[0][0] == 0x300
    return runs


def folds(pairs):
    """(from, to) for what base/fold.c meets: code points above ASCII that do not decompose."""
    wholes = {whole for whole, _, _ in pairs}
    result = [(c, simple_fold(c)) for c in CODE_POINTS if c >= 0x80 and c not in wholes]
    result = [(c, to) for c, to in result if c != to and ccc(c) == 0]
    assert not any(to in wholes for _, to in result)
    return result


def table(kind, name, rows):
    lines = [f"const struct {kind} {name}[] = {{"]
    line = ""
    for row in rows:
        item = "{ " + ", ".join(str(n) if n < 256 else f"{n:#x}" for n in row) + " },"
        if len(line) + len(item) > 98:
            lines.append("\t" + line)
            line = ""
        line += (" " if line else "") + item
    lines += ["\t" + line, "};", f"const size_t {name}_count = sizeof {name} / sizeof {name}[0];", ""]
    return lines


def data_file():
    pairs = decompositions()
    return "\n".join([
        f"/* Unicode {VERSION} as base/nfc.h describes it.  Made by tests/tools/nfc_tables.py; not to be edited. */",
        '#include "base/nfc.h"',
        "",
        *table("nfc_pair", "nfc_decompositions", pairs),
        *table("nfc_pair", "nfc_compositions", compositions(pairs)),
        *table("nfc_run", "nfc_runs", classes()),
        *table("nfc_fold", "nfc_folds", folds(pairs)),
    ])


# ---- What the unit test compares with.


def fold(text):
    return "".join(chr(simple_fold(ord(c))) for c in nfd(text) if not unicodedata.combining(c))


def split_mix(seed):
    """SplitMix64, as in the unit test."""
    mask = (1 << 64) - 1
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = seed
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & mask
        yield z ^ z >> 31


def interesting(pairs):
    """The code points that do something in normalization, and a few that do not."""
    chosen = {0x41, 0x61, 0x3B1, 0x5D0, 0x4E00, 0x1100, 0x1112, 0x1161, 0x1175, 0x11A7, 0x11A8, 0x11C2,
              0xAC00, 0xAC01, 0xAC1C, 0xD788, 0xD7A3, 0x10FFFF}
    chosen.update(c for pair in pairs for c in pair if c)
    chosen.update(c for c in CODE_POINTS if ccc(c))
    return sorted(chosen)


RANDOM_COUNT = 20000


def random_texts(pool):
    """As in the unit test: 1 to 12 code points, marks more often than others."""
    numbers = split_mix(14)
    marks = [c for c in pool if ccc(c)]
    for _ in range(RANDOM_COUNT):
        size = 1 + next(numbers) % 12
        text = ""
        for _ in range(size):
            group = marks if next(numbers) % 2 else pool
            text += chr(group[next(numbers) % len(group)])
        yield text


def digest(texts):
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=32).hexdigest()


SAMPLES = [
    "", "plain", "\u00e9", "e\u0301", "E\u0301", "\u00e9\u0323", "e\u0323\u0301", "e\u0301\u0323", "\u212b",
    "\u2126", "\u0344", "\u0958", "\u0915\u093c", "\u09c7\u09be", "\u1100\u1161\u11a8", "\uac00\u11a8",
    "\uac00\u11a7", "\u1100\u1161", "\u0301e", "a\u0301\u0302", "a\u0302\u0301", "\u1f82", "\u03b1\u0345\u0300",
    "\u0627\u0653", "\u0623\u062d\u0645\u062f", "\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f",
    "\u05e9\u05c1\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05bc\u05c1", "\ufb2c", "\U0001d15e", "\U00011099\U000110ba",
    "\u0130stanbul", "I\u0307", "\u0131", "\u1e9e", "\u00df", "\u01c5", "\u01c4", "\u03a3\u03c2\u03c3",
    "\u041a\u0438\u0457\u0432", "\u041a\u0438\u0439", "\u1218\u12ad\u1236\u1235", "\u0ccb", "\u0cc6\u0cc2\u0cd5",
    "\u0fb2\u0f81", "\uf900", "\u1e69", "s\u0323\u0307", "s\u0307\u0323", "\u1e0b\u0323", "\u0b47\u0b3e", "\ua640",
    "\u10a0", "\u13a0", "\uab70", "\U00010400", "\u212a", "\u0345", "\u1fbe",
    "a\u0315\u0300\u05ae\u0300b", "a\u0f71\u0f72\u0f73", "\u0061\u05b0\u094d\u3099\u0334b",
]


def c_text(text):
    return '"' + "".join(f"\\x{b:02x}" for b in text.encode()) + '"'


def cases_file():
    pool = interesting(decompositions())
    chosen = [c for c in pool if ccc(c)]
    lines = [
        f"/* What Python's normalization (Unicode {VERSION}) says.  Made by tests/tools/nfc_tables.py. */",
        "#ifndef TESTS_UNIT_BASE_NFC_CASES_DATA_H",
        "#define TESTS_UNIT_BASE_NFC_CASES_DATA_H",
        "",
        "/* A text, its NFC form, and its folded form. */",
        "static const struct {",
        "\tconst char *text, *nfc, *fold;",
        "} samples[] = {",
        *(f"\t{{ {c_text(s)}, {c_text(nfc(s))}, {c_text(fold(s))} }}," for s in SAMPLES),
        "};",
        "",
        "/* BLAKE2b-256 of all code points but surrogates and LF, a line each: normalized, and folded. */",
        f'#define ALL_NFC "{digest(nfc(chr(c)) for c in CODE_POINTS if c != 10)}"',
        f'#define ALL_FOLD "{digest(fold(chr(c)) for c in CODE_POINTS if c != 10)}"',
        "",
        "/* The same of random texts, made of the pool below. */",
        f"enum {{ RANDOM_COUNT = {RANDOM_COUNT} }};",
        f'#define RANDOM_TEXTS "{digest(random_texts(pool))}"',
        f'#define RANDOM_NFC "{digest(nfc(t) for t in random_texts(pool))}"',
        f'#define RANDOM_FOLD "{digest(fold(t) for t in random_texts(pool))}"',
        "",
        "/* The code points of which random texts are made: all, and those that are marks. */",
        *pool_table("pool", pool),
        *pool_table("pool_marks", chosen),
        "#endif",
        "",
    ]
    return "\n".join(lines)


def pool_table(name, code_points):
    """Runs of code points (first, count), since most of them are neighbours."""
    runs = []
    for c in code_points:
        if runs and runs[-1][0] + runs[-1][1] == c:
            runs[-1][1] += 1
        else:
            runs.append([c, 1])
    lines = [f"static const uint32_t {name}[][2] = {{"]
    line = ""
    for first, count in runs:
        item = f"{{ {first:#x}, {count} }},"
        if len(line) + len(item) > 98:
            lines.append("\t" + line)
            line = ""
        line += (" " if line else "") + item
    return lines + ["\t" + line, "};"]


def main():
    if unicodedata.unidata_version != VERSION:
        sys.exit(f"this Python knows Unicode {unicodedata.unidata_version}, the format wants {VERSION}")
    files = {"base/nfc_data.c": data_file(), "tests/unit/base/nfc_cases_data.h": cases_file()}
    for path, text in files.items():
        path = os.path.join(ROOT, path)
        if sys.argv[1:] == ["--check"]:
            with open(path, encoding="ascii") as file:
                if file.read() != text:
                    sys.exit(f"{path} is not what this Python makes")
        else:
            with open(path, "w", encoding="ascii") as file:
                file.write(text)


main()
