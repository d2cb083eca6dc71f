"""Prints each request with its decision and compares the answers of the command, Python and Node; exits 1 where they differ."""

import json
import sys
from pathlib import Path

NAMES = ("command", "Python", "Node")


def rows(path: str) -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def shared(answer: dict) -> dict:
    """What the three have in common: an error is its code and message, whatever else the command's line adds."""
    if "error" in answer:
        return {"error": {name: answer["error"][name] for name in ("code", "message")}}
    statements = [{**place, "file": Path(place["file"]).name} for place in answer["statements"]]
    return {**answer, "statements": statements}


def ask(request: dict) -> str:
    parts = [request["principal"], request["action"]]
    parts += [f"from {request['ip']}"] if "ip" in request else []
    parts += [f"at {request['at']}"] if "at" in request else []
    resources = request.get("resource", [])
    parts += [f"on {name}" for name in ([resources] if isinstance(resources, str) else resources)]
    parts += [f"with {json.dumps(request['context'])}"] if "context" in request else []
    parts += [f"{kind} {', '.join(request[kind])}" for kind in ("groups", "roles", "policies") if kind in request]
    return " ".join(parts)


def said(answer: dict) -> str:
    if "error" in answer:
        return f"error   {answer['error']['code']}: {answer['error']['message']}"
    word = "allowed" if answer["allowed"] else "denied "
    places = [f"{p['id']} at {p['file']}:{p['line']}:{p['column']}" for p in answer["statements"]]
    return f"{word} {answer['reason']}" + (f", by {'; '.join(places)}" if places else "")


def main() -> int:
    requests = rows(sys.argv[1])
    answers = [[shared(row) for row in rows(path)] for path in sys.argv[2:]]
    differ = sum(len(column) != len(requests) for column in answers)
    for number, request in enumerate(requests):
        row = [column[number] if number < len(column) else None for column in answers]
        print(f"{number + 1:3} {ask(request)}\n    {said(row[0]) if row[0] else 'no answer'}")
        if any(answer != row[0] for answer in row):
            differ += 1
            for name, answer in zip(NAMES, row, strict=True):
                print(f"    DIFFERS: {name} says {said(answer) if answer else 'nothing'}")
    verdict = "all three agree" if differ == 0 else f"{differ} difference(s)"
    print(f"\n{len(requests)} requests, decided by the command, Python and Node: {verdict}")
    return 1 if differ or not requests else 0


sys.exit(main())
