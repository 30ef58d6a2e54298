import sys

from huggingface_hub import snapshot_download

model, revision = sys.argv[1:]
# original/ contains a second copy of the weights in the publisher's format, which the engine does not load either.
print(
    snapshot_download(model, revision=revision or None, ignore_patterns=["original/*"])
)
