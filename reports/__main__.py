"""python -m reports DIR: build the report of the results in DIR."""

from __future__ import annotations

import sys
from pathlib import Path

from reports import InputError, build


def main(arguments: list[str]) -> int:
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print("usage: python -m reports [DIR]     (default: reports/build)", file=sys.stderr)
        return 2
    try:
        for path in build(Path(arguments[0] if arguments else "reports/build")):
            print(path)
    except InputError as error:
        print(f"reports: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
