#!/bin/bash
# Starts the server on all nodes of the group once each of them accepts SSH.
set -euo pipefail

. /scripts/ssh-keys.sh

hostfile=/etc/mpi/hostfile-$GROUP_INDEX
deadline=$((SECONDS + CLUSTER_START_TIMEOUT))

for host in $(sed 's/ .*//' "$hostfile"); do
  [ "$host" != localhost ] || continue
  until timeout 5 bash -c ": </dev/tcp/$host/2222" 2>/dev/null; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "$host does not answer on port 2222 after $CLUSTER_START_TIMEOUT s" >&2
      exit 1
    fi
    sleep 2
  done
done

options=(-n "$((GPUS_PER_NODE * CLUSTER_SIZE))" -bind-to none --hostfile "$hostfile" -map-by slot)
if [ "$(id -u)" = 0 ]; then
  options=(--allow-run-as-root "${options[@]}")
fi
for name in $EXPORTED_NAMES; do
  options+=(-x "$name")
done
exec mpirun "${options[@]}" /opt/nim/start-mpi-cluster.sh
