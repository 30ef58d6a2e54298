# Joins the Ray cluster of the head, whose Service KServe names.
set -euo pipefail

head=$HEAD_SVC.$POD_NAMESPACE.svc:6379
until ray health-check --address "$head"; do
  echo "waiting for the Ray head at $head"
  sleep 5
done

exec ray start --address="$head" --block
