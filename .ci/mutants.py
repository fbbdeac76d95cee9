"""Reads Stryker's reports for .ci/mutation.

mutants.py unnoticed FOLDER REPORT   prints, as patterns for Stryker's --mutate, the places of mutants that no test noticed
mutants.py report FOLDER REPORT...   prints the mutants that no test noticed in any of the reports, and the score over all of them
"""
import json
import os
import sys

NOTICED = {"Killed", "Timeout"}
JUDGED = NOTICED | {"Survived", "NoCoverage"}


def mutants(report):
    """Yields file, place, replacement, kind and verdict of each mutant that was judged."""
    with open(report, encoding="utf-8") as stream:
        files = json.load(stream)["files"]
    for name, content in sorted(files.items()):
        for mutant in content["mutants"]:
            if mutant["status"] in JUDGED:
                start, end = mutant["location"]["start"], mutant["location"]["end"]
                place = (start["line"], start["column"], end["line"], end["column"])
                yield name, place, mutant["replacement"], mutant["mutatorName"], mutant["status"]


def offsets(path, place):
    """Where a place begins and ends, in characters from the beginning of the file."""
    with open(path, encoding="utf-8") as stream:
        lines = stream.read().splitlines(keepends=True)
    before = [0]
    for line in lines:
        before.append(before[-1] + len(line))
    return before[place[0] - 1] + place[1] - 1, before[place[2] - 1] + place[3] - 1


def unnoticed(folder, report):
    places = {}
    for name, place, _, _, status in mutants(report):
        if status not in NOTICED:
            places.setdefault(name, set()).add(place)
    for name, found in places.items():
        path = os.path.relpath(name, os.path.abspath(folder)) if os.path.isabs(name) else name
        spans = "".join("{%d..%d}" % offsets(os.path.join(folder, path), place) for place in sorted(found))
        print(path + spans)


def show(folder, reports):
    verdicts = {}
    for report in reports:
        for name, place, replacement, kind, status in mutants(report):
            known = verdicts.get((name, place, replacement, kind))
            verdicts[(name, place, replacement, kind)] = known if known in NOTICED else status
    score = {}
    for (name, place, replacement, kind), status in sorted(verdicts.items()):
        path = os.path.relpath(name, os.path.abspath(folder)) if os.path.isabs(name) else name
        noticed, total = score.get(path, (0, 0))
        score[path] = (noticed + (status in NOTICED), total + 1)
        if status not in NOTICED:
            print("%s:%d:%d  %s, %s: %s" % (path, place[0], place[1], status, kind, " ".join(replacement.split())[:160]))
    print()
    for path, (noticed, total) in sorted(score.items()):
        print("%-48s %4d of %4d  %5.1f %%" % (path, noticed, total, 100 * noticed / total))
    noticed, total = (sum(column) for column in zip(*score.values()))
    print("%-48s %4d of %4d  %5.1f %%" % ("all", noticed, total, 100 * noticed / total))


if __name__ == "__main__":
    if sys.argv[1] == "unnoticed":
        unnoticed(sys.argv[2], sys.argv[3])
    else:
        show(sys.argv[2], sys.argv[3:])
