"""`python -m ifx_sdk.cli`, for an environment whose `bin` is not on PATH."""

from ifx_sdk.cli import main

if __name__ == "__main__":
    main()
