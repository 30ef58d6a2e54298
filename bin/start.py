"""Run `python -m helm_llm` without the current directory on sys.path.

A yaml.py in the current directory belongs to the user.
"""

from helm_llm.__main__ import main

main()
