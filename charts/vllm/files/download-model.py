import sys

from huggingface_hub import snapshot_download

model, revision = sys.argv[1:]
# The engine skips original/ as well; it holds a second copy of the weights in the publisher's own format.
print(
    snapshot_download(model, revision=revision or None, ignore_patterns=["original/*"])
)
