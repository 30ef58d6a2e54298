# Starts the Ray head, waits for the workers, then starts the server. KServe computes RAY_NODE_COUNT from the GPUs of the
# pods. $0 and $@ are the arguments of the container.
set -euo pipefail

wanted=${RAY_NODE_COUNT:-$PIPELINE_PARALLEL_SIZE}
ray start --head --port="$RAY_PORT" --disable-usage-stats --include-dashboard false

until [ "$(ray status --address "$RAY_ADDRESS" | grep -c node_)" -ge "$wanted" ]; do
  echo "waiting until $wanted Ray nodes have joined"
  sleep 5
done

exec python3 -m vllm.entrypoints.openai.api_server \
  --distributed-executor-backend=ray \
  --model="${MODEL_DIR:-/mnt/models}" \
  --tensor-parallel-size="$TENSOR_PARALLEL_SIZE" \
  --pipeline-parallel-size="$PIPELINE_PARALLEL_SIZE" \
  "$0" "$@"
