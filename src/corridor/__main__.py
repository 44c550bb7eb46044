"""`python -m corridor` is the command line."""

from corridor.cli import main

if __name__ == "__main__":
    main(prog_name="corridor")
