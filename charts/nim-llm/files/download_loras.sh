# Downloads each repository in LORA_REPOSITORIES to its own directory below NIM_PEFT_SOURCE. Any failure ends the
# container, so that the NIM never starts without an adapter.
set -eu

if ! command -v hf >/dev/null; then
  hf() {
    [ -f /tmp/hub/installed ] || {
      python3 -m pip install --no-cache-dir --upgrade --target /tmp/hub \
        ${SSL_CERT_FILE:+--cert "$SSL_CERT_FILE"} "huggingface_hub==$HUB_VERSION"
      touch /tmp/hub/installed
    }
    PYTHONPATH=/tmp/hub python3 /tmp/hub/bin/hf "$@"
  }
fi

fail() {
  echo "$1" >&2
  exit 1
}

# download ID[@REVISION]: records a complete download in /tmp/done, for the next start of this container
download() {
  id=${1%%@*}
  revision=${1#"$id"}
  revision=${revision#@}
  name=${id##*/}
  directory=$NIM_PEFT_SOURCE/$name
  if [ -f "/tmp/done/$name" ]; then
    [ "$(cat "/tmp/done/$name")" = "$1" ] || fail "$(cat "/tmp/done/$name") and $1 would share the directory $directory"
    return 0
  fi
  rm -rf "$directory"
  hf download "$id" ${revision:+--revision "$revision"} \
    --include adapter_config.json --include 'adapter_model.*' --local-dir "$directory" </dev/null
  [ -f "$directory/adapter_config.json" ] || fail "$1 has no adapter_config.json: it is not a LoRA adapter"
  [ -f "$directory/adapter_model.safetensors" ] || [ -f "$directory/adapter_model.bin" ] ||
    fail "$1 has neither adapter_model.safetensors nor adapter_model.bin"
  chmod -R a+rX "$directory"
  printf '%s' "$1" >"/tmp/done/$name"
}

mkdir -p /tmp/done
while read -r repository; do
  download "$repository"
done <<EOT
$LORA_REPOSITORIES
EOT
