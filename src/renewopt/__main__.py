"""Run the command line with `python -m renewopt`."""

from renewopt.cli.main import main

if __name__ == "__main__":
    main()
