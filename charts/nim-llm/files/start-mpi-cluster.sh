#!/bin/bash
# One rank of the server. mpirun starts it on every node.
set -o pipefail

python=/opt/nim/llm/.venv/bin/python3
server=nim_llm_sdk.entrypoints.openai.api_server
packer=nim_llm_sdk.logging.pack_all_logs_into_json

if [ "${NIM_JSONL_LOGGING:-0}" = 1 ] && "$python" -c "import $packer" 2>/dev/null; then
  "$python" -m "$server" 2>&1 | "$python" -m "$packer"
else
  exec "$python" -m "$server"
fi
