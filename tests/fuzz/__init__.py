"""Odd input for `helm llm lint`, five minutes of it: `make fuzz`.

`FUZZ_MINUTES=60` is for longer, `FUZZ_SEED=N` for the inputs of an earlier run; `make test` runs a fixed number.

A case (`case.py`) is a small checkout: files, links, a command line, an environment, a Helm. The functions in `kinds/`
make cases from a seeded random source: a seed and a number always name the same case. `sandbox.py` lays a case out in
a directory of its own, `runner.py` runs the program on it in a forked child or as a separate process, and `judge.py`
lists what must never happen:

- a traceback, an exit code other than 0 to 2, or 3 where no tool was made to fail
- more than 10 seconds or 500 MB
- a planted secret in an output or in a written file, unless the file is the user's own input
- a file written that the command line does not name, a child process left behind
- a raw control or bidirectional character, or a workflow command, in the output
- a JSON or XML report that cannot be read

The first failure of each sort is made smaller (`minimize.py`) and saved with the command that repeats it.

To add a kind of input:

1. Write `kinds/NAME.py` with one function `build(odd: Odd) -> Case`. Make every choice with `odd`, never with `random`.
2. Add a line with its weight to the table in `kinds/__init__.py`.
3. Plant secrets with `odd.secret()` and list them in `Case.secrets`; list files that may be written in `Case.outputs`.
4. Try it: `python -m tests.fuzz --kind NAME --count 200`.

Something else that must never happen is a function in `judge.py` and an entry in its table.
"""
