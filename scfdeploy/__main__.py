"""`python -m scfdeploy`: the same program as the console script."""

from scfdeploy.cli import run_program

if __name__ == "__main__":
    run_program()
