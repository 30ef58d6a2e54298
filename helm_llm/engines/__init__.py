"""What each vLLM release accepts on its command line and reads from its environment.

`ci/engines/write_tables.py` writes the JSON files of this directory, except the
hand-kept vllm-history.json. Uses only the standard library: the simulator's image
has nothing else.
"""
