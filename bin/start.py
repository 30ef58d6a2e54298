"""Run `python -m helm_llm` without the current directory on sys.path: a yaml.py lying there is the user's, not ours."""

from helm_llm.__main__ import main

main()
