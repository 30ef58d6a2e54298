# Fails while Ray nodes are missing.
wanted=${RAY_NODE_COUNT:-$PIPELINE_PARALLEL_SIZE}
nodes=$(ray status --address "${RAY_ADDRESS:-${HEAD_SVC:-}.$POD_NAMESPACE.svc:6379}" | grep -c node_)
if [ "$nodes" -lt "$wanted" ]; then
  echo "$nodes of $wanted Ray nodes have joined"
  exit 1
fi
