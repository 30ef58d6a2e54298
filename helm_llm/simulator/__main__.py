"""`python -m helm_llm.simulator`: what the image's entrypoint runs."""

from helm_llm.simulator.cli import main

main()
