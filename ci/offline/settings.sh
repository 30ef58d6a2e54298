# Names and paths for the other scripts, which source this file. All output is in the user's cache, not in the checkout.
set -euo pipefail
offline=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$offline/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/helm-llm/offline
mkdir -p "$cache"

version() { awk -v name="$1" '$1 == name { print $2 }' "$root/ci/tools/versions"; }
say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }
fail() { echo "${0##*/}: $*" >&2; exit 3; }
quiet() {  # COMMAND...: print its output only if it fails
  local output
  output=$("$@" 2>&1) || { printf '%s\n' "$output" >&2; return 1; }
}
has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Pulled and built images have the same names. The tag is a hash of the recipe without its comments, so that an edit or a new
# version leads to a new image.
recipe=$({
  awk '!/^#/ && NF == 2 && $1 !~ /\./ || $1 == "kind"' "$root/ci/tools/versions"  # modules of controllers have a dot
  cd "$offline" && cat bases debian $(find node -type f | sort) | sed '/^[[:space:]]*\(#\|\/\/\)/d'
} | sha256sum | head -c 8)
node_image=helm-llm/node:$recipe
python_image=helm-llm/python:$recipe
release=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$root/helm_llm/__init__.py")
simulator_image=helm-llm/simulator:$release
mpi_image=helm-llm/mpi:$(cat "$offline"/mpi/* | sha256sum | head -c 8)
group_image=helm-llm/group:$release
model_image=helm-llm/model:$release
curl_image=helm-llm/curl:$release

cluster=${CLUSTER:-helm-llm}
kubeconfig=$cache/clusters/$cluster/kubeconfig
export KUBECACHEDIR=${kubeconfig%/*}/cache  # of kubectl, by default in ~/.kube
