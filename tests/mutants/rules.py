#!/usr/bin/python3
"""The tests' own test: alters the rules and the judging part of the view in one place at a time (a
comparison turned, a condition dropped, a constant or parameter swapped) and sees whether the random
histories, the stories or the view's unit tests notice.

    rules.py BUILD [--jobs N] [--file NAME] [--every N]

Prints what was not noticed, how far counterexamples shrank, and `caught/total`.  Exit code 0 when at
least 95 % are caught and survivors.txt says of each survivor why it may live.  What cannot alter a view
(memory, errors) is not altered."""
import os
import re
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FILES = ["rules/" + name for name in (
    "append_list.c", "authority.c", "extreme.c", "last_writer.c", "manual_review.c", "rules.c", "union_set.c",
    "write_once.c")] + ["view.c", "view_judge.c", "view_log.c", "view_decide.c"]
FEW, MANY, SEED, LIMIT = 1000, 8000, 5000, 300

# What is found on a line, and what is put in its place.
TURNS = [
    (r"(?<![<>=!])==(?!=)", ["!="]), (r"!=", ["=="]),
    (r"(?<![<>-])<(?![<=])", ["<=", ">"]), (r"<=", ["<"]),
    (r"(?<![<>-])>(?![>=])", [">=", "<"]), (r">=", [">"]),
    (r"&&", ["||"]), (r"\|\|", ["&&"]),
    (r"(?<![&])&(?=[ ][a-z(])(?!&)", ["|"]), (r"(?<![|]) \| ", [" & "]), (r" \|= ", [" &= "]), (r"&= ", ["|= "]),
    (r"!(?=[a-z(])", [""]),
    (r"\btrue\b", ["false"]), (r"\bfalse\b", ["true"]),
    (r"\bREASON_(?!NONE)[A-Z_]+", ["REASON_NONE", "REASON_GUARD_FAILED"]),
    (r"\bSTATUS_[A-Z]+", ["STATUS_ALERT"]),
    (r" - 1\b", ["", " - 0"]), (r" \+ 1\b", [" + 0"]), (r"\? -1 : 1\b", ["? 1 : -1"]),
    (r"heads, -1\)", ["heads, 1)"]), (r"heads, 1\)", ["heads, -1)"]),
    (r"\breturn -1\b", ["return 1"]), (r"(?<!names)(?<!rules)\[0\]", ["[1]"]),
    (r"->write\b", ["->resolve"]), (r"->resolve\b", ["->write"]),
    (r"\bOP_ADD\b", ["OP_REMOVE"]), (r"\bOP_REMOVE\b", ["OP_ADD"]), (r"\bOP_RESOLVE\b", ["OP_SET"]),
    (r"\bOP_SET\b", ["OP_ACK"]), (r"\bOP_ACK\b", ["OP_SET"]), (r"\bOP_APPEND\b", ["OP_ADD"]),
    (r"\bINTERIM_EARLIEST\b", ["INTERIM_NONE + 9"]), (r"\bTIE_LAST_WRITER\b", ["TIE_MANUAL_REVIEW"]),
    (r"\bSHAPE_SINGLE\b", ["SHAPE_SET"]), (r"\bSIGHT_[A-Z]+", ["SIGHT_WHOLE", "SIGHT_ERASED"]),
    (r"\bPAYLOAD_OPEN\b", ["PAYLOAD_ERASED"]),
]
# Lines that deal with memory and errors, or that only declare.
LEFT_OUT = re.compile(r"ERR_|arena|\b!?e\b *[?)&]|!e\b|enum err e\b|assert|^#|^\s*/?\*|static const char \*const"
    r"|->at \|\||\|\| !.*->at\b|return e;|include")


def without_words(line):
    """The line with strings and comments blanked, at the same columns."""
    blank = lambda found: " " * len(found.group(0))
    return re.sub(r'"(\\.|[^"\\])*"|/\*.*?(\*/|$)|\'(\\.|[^\'])\'', blank, line)


class Mutant:
    def __init__(self, path, number, old, new, text):
        self.path, self.number, self.old, self.new, self.text = path, number, old, new, text
        self.verdict, self.size = "", None

    def key(self):
        return "%s | %s | %s" % (self.path, self.old.strip(), self.new.strip())


def conditions(code):
    """Spans of the conditions of `if (...)` on the line."""
    for found in re.finditer(r"\bif \(", code):
        depth, start = 1, found.end()
        for at in range(start, len(code)):
            depth += {"(": 1, ")": -1}.get(code[at], 0)
            if depth == 0:
                yield start, at
                break


def mutants_of(path):
    lines = open(os.path.join(ROOT, "schema", path)).read().split("\n")
    comment = False
    for number, line in enumerate(lines):
        inside, code = comment, without_words(line)
        comment = (comment or "/*" in line) and "*/" not in line
        if inside or LEFT_OUT.search(line) or "return ERR_" in "".join(lines[number + 1:number + 2]):
            continue
        changes = [(m.start(), m.end(), new) for pattern, news in TURNS for m in re.finditer(pattern, code)
            for new in news]
        changes += [(start, end, new) for start, end in conditions(code) for new in ("false", "true")]
        # A statement of its own is left out whole.
        if re.match(r"^\t+[a-z_>.\[\]-]+(\(|\+\+| [|&+-]?= ).*;$", code) and not re.search(r"\bfor \(", code):
            start = len(code) - len(code.lstrip())
            changes.append((start, len(line), ";"))
        for start, end, new in changes:
            # One step beyond an array is an error of memory: the sanitizers look for those.
            if new == "<=" and re.match(r"^\t+for \(", line):
                continue
            altered = line[:start] + new + line[end:]
            if altered == line:
                continue
            text = "\n".join(lines[:number] + [altered] + lines[number + 1:])
            yield Mutant(path, number + 1, line, altered, text)


class Workshop:
    def __init__(self, build, room):
        self.build, self.room, self.reasons = build, room, read_reasons()
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libsodium", "libcbor", "libcjson"],
            stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout.split()
        self.compile = ["gcc", "-std=c17", "-D_POSIX_C_SOURCE=200809L", "-O1", "-w", "-I" + build + "/inc/schema"]
        objects = [os.path.join(folder, name) for folder in (build + "/obj/tests/histories", build +
            "/obj/tests/model") for name in sorted(os.listdir(folder)) if name.endswith(".o")]
        self.link = objects + [build + "/obj/gen/histories_forms.o", build + "/lib/libsupport.a",
            build + "/lib/libschema.a", build + "/lib/libbase.a"] + flags
        replay = build + "/obj/tests/replay"
        self.link_replay = [os.path.join(replay, name) for name in sorted(os.listdir(replay)) if
            name.endswith(".o")] + [build + "/lib/lib%s.a" % name for name in
            ("support", "node", "schema", "sync", "base")] + flags + subprocess.run(["pkg-config", "--libs",
            "libgit2", "sqlite3", "libuv", "zlib"], stdout=subprocess.PIPE, universal_newlines=True,
            check=True).stdout.split()
        self.link_unit = [build + "/obj/tests/unit/schema/test_view.o"] + ["%s/lib/lib%s.a" % (build, name)
            for name in ("support", "schema", "base")] + flags + ["-lcmocka"]
        self.stories = [os.path.join(ROOT, "tests/stories", name) for name in
            sorted(os.listdir(os.path.join(ROOT, "tests/stories")))]

    def run(self, words):
        try:
            done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT,
                cwd=ROOT)
            return done.returncode, done.stdout.decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            return 124, ""

    def judge(self, mutant, slot):
        base = os.path.join(self.room, "mutant%d" % slot)
        with open(base + ".c", "w") as file:
            file.write(mutant.text)
        if self.run(self.compile + ["-c", base + ".c", "-o", base + ".o"])[0] != 0:
            mutant.verdict = "does not compile"
            return
        if self.run(["gcc", base + ".o"] + self.link + ["-o", base])[0] != 0:
            mutant.verdict = "does not link"
            return
        if self.differs(mutant, base, FEW, SEED):
            return
        if self.run(["gcc", base + ".o"] + self.link_unit + ["-o", base + "u"])[0] != 0 or self.run(["gcc",
                base + ".o"] + self.link_replay + ["-o", base + "r"])[0] != 0:
            mutant.verdict = "does not link"
            return
        if self.run([base + "u"])[0] != 0:
            mutant.verdict = "caught"
            return
        for story in self.stories:
            if self.run([base + "r", "--check", story])[0] != 0:
                mutant.verdict = "caught"
                return
        # Whoever is known to live need not be looked for so long.
        if mutant.key() in self.reasons or not self.differs(mutant, base, MANY, SEED + FEW):
            mutant.verdict = "lives"

    def differs(self, mutant, base, count, seed):
        code, words = self.run([base, "--quiet", "--count", str(count), "--seed", str(seed)])
        # One that hangs does so among the first few: later it is only the machine that is busy.
        if code == 0 or (code == 124 and count == MANY):
            return False
        mutant.verdict = "caught"
        shrunk = re.search(r"shrunk to (\d+) changes", words)
        mutant.size = int(shrunk.group(1)) if shrunk else None
        return True


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def read_reasons():
    reasons = {}
    path = os.path.join(HERE, "survivors.txt")
    for line in open(path) if os.path.exists(path) else []:
        parts = line.rstrip("\n").split(" | ")
        if len(parts) == 4 and not line.startswith("#"):
            reasons[" | ".join(parts[:3])] = parts[3]
    return reasons


def main():
    build = os.path.abspath(sys.argv[1])
    room = os.path.join(build, "mutants")
    os.makedirs(room, exist_ok=True)
    workshop = Workshop(build, room)
    only, every = option("--file", ""), int(option("--every", "1"))
    mutants = [m for path in FILES if only in path for m in mutants_of(path)][::every]
    queue, lock = list(mutants), threading.Lock()

    def work(slot):
        while True:
            with lock:
                if not queue:
                    return
                mutant = queue.pop(0)
            workshop.judge(mutant, slot)
            if mutant.verdict == "lives":
                print("lives: schema/%s:%d: %s -> %s" % (mutant.path, mutant.number, mutant.old.strip(),
                    mutant.new.strip()), flush=True)

    threads = [threading.Thread(target=work, args=(slot,)) for slot in range(int(option("--jobs", "2")))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return report([m for m in mutants if not m.verdict.startswith("does not")], len(mutants))


def report(built, made):
    reasons, unexplained = read_reasons(), 0
    caught = [m for m in built if m.verdict == "caught"]
    for m in built:
        if m.verdict == "lives":
            why = reasons.get(m.key())
            unexplained += why is None
            if not why:
                print("no reason given: " + m.key())
        if m.size is not None and m.size > 6:
            print("large: %d changes: schema/%s:%d: %s -> %s" % (m.size, m.path, m.number, m.old.strip(),
                m.new.strip()))
    sizes = [m.size for m in caught if m.size is not None]
    print("counterexamples by number of changes: " + ", ".join("%d: %d" % (size, sizes.count(size)) for size in
        sorted(set(sizes))) + "; %d by a crash, a story or a unit test" % (len(caught) - len(sizes)))
    print("%d altered, %d of them build" % (made, len(built)))
    percent = 100.0 * len(caught) / max(1, len(built))
    print("%d/%d caught (%.1f %%), %d survivors without a reason" % (len(caught), len(built), percent, unexplained))
    return 0 if percent >= 95 and not unexplained and max(sizes or [0]) <= 6 else 1


sys.exit(main())
