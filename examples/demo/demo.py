"""Decides each request of a file over examples/partners and prints the answers, one JSON object a line."""

import json
import sys
from pathlib import Path

import passgate


def answer(gate: passgate.Gate, request: dict) -> dict:
    try:
        decision = gate.check(**request)
    except passgate.GateError as error:
        return {"error": {"code": error.code, "message": str(error)}}
    places = ("policy", "id", "file", "line", "column")
    told = {} if decision.message is None else {"message": decision.message}
    return {
        "allowed": decision.allowed,
        "reason": decision.reason,
        "catalog": decision.catalog,
        "statements": [{name: getattr(place, name) for name in places} for place in decision.statements],
        **told,
    }


def main() -> None:
    gate = passgate.load(Path(__file__).parent.parent / "partners")
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        print(json.dumps(answer(gate, json.loads(line)), ensure_ascii=False))


main()
