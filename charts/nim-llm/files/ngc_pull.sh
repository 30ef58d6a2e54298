#!/bin/bash
# Downloads a model with the NGC CLI, once per volume: several pods may run this at the same time.
# The CLI needs glibc. Unset variables are treated as empty.
set -eo pipefail

target=$STORE_MOUNT_PATH/${NGC_MODEL_NAME}_v$NGC_MODEL_VERSION
lock=$target/.lock
ready=$target/.ready
deadline=$((SECONDS + ${NGC_LOCK_TIMEOUT:-7200}))

install_cli() {
  wget -O /tmp/ngccli.zip \
    "https://api.ngc.nvidia.com/v2/resources/nvidia/ngc-apps/ngc_cli/versions/$NGC_CLI_VERSION/files/ngccli_linux.zip"
  unzip -q -o /tmp/ngccli.zip -d /tmp
  chmod u+x /tmp/ngc-cli/ngc
  NGC_EXE=/tmp/ngc-cli/ngc
}

download() {
  if [ "$DOWNLOAD_NGC_CLI" = true ]; then install_cli; fi
  if ! command -v "$NGC_EXE" >/dev/null; then
    echo "there is no $NGC_EXE in this image: set DOWNLOAD_NGC_CLI to true and NGC_CLI_VERSION, or choose another image" >&2
    exit 1
  fi
  "$NGC_EXE" registry model download-version --dest "$STORE_MOUNT_PATH" \
    "${NGC_CLI_ORG:+$NGC_CLI_ORG/}${NGC_CLI_TEAM:+$NGC_CLI_TEAM/}$NGC_MODEL_NAME:$NGC_MODEL_VERSION"
  unpack
  touch "$ready"
}

unpack() {
  local archive=$target/$NGC_MODEL_VERSION.tar.gz encrypted=$target/$MODEL_NAME.enc
  if [ -n "$NGC_DECRYPT_KEY" ] && [ -f "$encrypted" ]; then
    archive=$target/$MODEL_NAME${TARFILE:+.tar}
    openssl enc -aes-256-cbc -d -pbkdf2 -in "$encrypted" -out "$archive" -pass env:NGC_DECRYPT_KEY
    rm "$encrypted"
  fi
  if [ -n "$TARFILE" ]; then
    tar -xf "$archive" -C "$STORE_MOUNT_PATH"
    rm "$archive"
  fi
}

mkdir -p "$target"
while [ ! -e "$ready" ]; do
  if mkdir "$lock" 2>/dev/null; then
    trap 'rmdir "$lock"' EXIT
    trap 'kill $!; exit 143' INT TERM
    # In the background, because bash runs a trap only after the command in the foreground has ended.
    if [ ! -e "$ready" ]; then download & wait $!; fi
  elif [ "$SECONDS" -ge "$deadline" ]; then
    echo "$lock still exists: remove it if no other pod is downloading" >&2
    exit 1
  else
    echo "another pod is downloading the model, waiting"
    sleep 2
  fi
done
