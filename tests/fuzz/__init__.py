"""A fuzzer for `helm llm lint`: `make fuzz` runs it for five minutes.

`FUZZ_MINUTES=60` runs it longer, `FUZZ_SEED=N` repeats the inputs of an earlier run. `make test` runs a fixed number.

A case (`case.py`) is a small checkout: files, links, a command line, an environment, a Helm. The functions in `kinds/`
build cases from a seeded random source, so a seed and a number always name the same case. `sandbox.py` writes a case
into its own directory, `runner.py` runs the program on it in a forked child or as a separate process, and `judge.py`
lists what must never happen:

- a traceback, or an exit code other than 0, 1 and 2 (3 is right if the case makes a tool fail)
- more than 10 seconds or 500 MB
- a planted secret in the output or in a written file, unless that file is the user's own input
- a written file that the command line does not name, or a remaining child process
- a raw control or bidirectional character, or a workflow command, in the output
- an invalid JSON or XML report

The first failure of each sort is reduced (`minimize.py`) and saved, with the command that repeats it.

To add a kind of input:

1. Write `kinds/NAME.py` with a function `build(odd: Odd) -> Case`. Make every choice with `odd`, never with `random`.
2. Add a line with its weight to the table in `kinds/__init__.py`.
3. Plant secrets with `odd.secret()` and list them in `Case.secrets`; list files that may be written in `Case.outputs`.
4. Try it: `python -m tests.fuzz --kind NAME --count 200`.

To check something else, write a function in `judge.py` and add it to the table there.
"""
