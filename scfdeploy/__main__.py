"""`python -m scfdeploy`: the same program as the console script."""

from scfdeploy.cli import main

if __name__ == "__main__":
    main()
