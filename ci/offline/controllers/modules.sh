# The controllers, the Go module of each, and the name its image has here.
command -v go >/dev/null || fail "the manifests of the controllers come with their Go modules: install Go (https://go.dev/dl)"
declare -A module_of=(
  [kserve]=github.com/kserve/kserve
  [lws]=sigs.k8s.io/lws
  [mpi-operator]=github.com/kubeflow/mpi-operator
)
controllers=(kserve lws mpi-operator)

version_of() { version "${module_of[$1]}"; }
image_of() { echo "helm-llm/$1:$(version_of "$1")"; }
