"""python -m ratecheck, and the command `ratecheck`."""

from ratecheck import cli_trust
from ratecheck.cli import main

__all__ = ["cli_trust", "main"]

if __name__ == "__main__":
    main()
