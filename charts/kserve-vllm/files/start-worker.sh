# Joins the Ray cluster of the head. KServe sets HEAD_SVC to the name of its Service.
set -euo pipefail

head=$HEAD_SVC.$POD_NAMESPACE.svc:6379
until ray health-check --address "$head"; do
  echo "waiting for the Ray head at $head"
  sleep 5
done

exec ray start --address="$head" --block
