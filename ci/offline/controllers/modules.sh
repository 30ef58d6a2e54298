# The controllers, their Go modules and the names of their images.
command -v go >/dev/null || fail "Go is needed to download the manifests of the controllers: install it (https://go.dev/dl)"
declare -A module_of=(
  [kserve]=github.com/kserve/kserve
  [lws]=sigs.k8s.io/lws
  [mpi-operator]=github.com/kubeflow/mpi-operator
)
controllers=(kserve lws mpi-operator)

version_of() { version "${module_of[$1]}"; }
image_of() { echo "helm-llm/$1:$(version_of "$1")"; }
