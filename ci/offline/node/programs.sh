# The programs of a node, built from Go modules. Go caches compiled packages. `program[NAME]` is the path of a program.
declare -A program
export CGO_ENABLED=0 GOFLAGS="-mod=mod -buildvcs=false -modcacherw -trimpath"

module() {  # FIELD MODULE VERSION: a file (GoMod) or the directory (Dir) of a module
  go mod download -json "$2@v$3" | sed -n "s/^\s*\"$1\": \"\(.*\)\".*/\1/p"
}

# The go.mod of a module that requires only one other. Kubernetes replaces its parts by directories, and Go follows
# replacements only in the main module. Here they name the published version of each part.
requiring() {  # MODULE VERSION
  local mod
  mod=$(module GoMod "$1" "$2")
  printf 'module node\n\nrequire %s v%s\n\n' "$1" "$2"
  grep -E '^(go|godebug) [a-z0-9.=]+$' "$mod"
  sed -n "s#^\s*\(replace \)\?\(k8s.io/[a-z-]*\) => ./staging/.*#replace \2 => \2 v0.${2#1.}#p" "$mod"
}

build() {  # NAME MODULE PACKAGE...: several packages in one call are linked in parallel
  local name=$1 module=$2 directory=$scratch/$1 path
  shift 2
  say "build $name $(version "$name")"
  mkdir -p "$directory/bin"
  requiring "$module" "$(version "$name")" > "$directory/go.mod"
  (cd "$directory" && quiet go build -ldflags "-s -w ${link:-}" -o "bin/$([ $# != 1 ] || echo "$name")" "$@")
  for path in "$directory"/bin/*; do program[${path##*/}]=$path; done
}

# The versions that a release build sets. kubeadm compares them.
kubernetes_link_flags() {
  local package minor
  minor=$(version kubernetes | cut -d. -f2)
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s.%s ' $package "gitVersion=v$(version kubernetes)" $package gitMajor=1 $package "gitMinor=$minor" \
      $package gitTreeState=clean $package buildDate=1970-01-01T00:00:00Z
  done
}

build_programs() {
  local kubernetes=k8s.io/kubernetes/cmd containerd=github.com/containerd/containerd/v2
  local plugins=github.com/containernetworking/plugins
  link=$(kubernetes_link_flags) build kubernetes k8s.io/kubernetes $kubernetes/{kubeadm,kubelet,kubectl} \
    $kubernetes/kube-{apiserver,controller-manager,scheduler,proxy}
  GOFLAGS="$GOFLAGS -tags=no_btrfs,no_devmapper,no_zfs" \
    build containerd $containerd $containerd/cmd/{containerd,containerd-shim-runc-v2,ctr}
  build etcd go.etcd.io/etcd/server/v3 go.etcd.io/etcd/server/v3
  build cni-plugins $plugins $plugins/plugins/{main/ptp,main/loopback,ipam/host-local,meta/portmap}
  build local-path-provisioner github.com/rancher/local-path-provisioner github.com/rancher/local-path-provisioner
  build coredns github.com/coredns/coredns "$files/coredns.go"
  program[crictl]=$scratch/crictl
  (cd "$scratch/kubernetes" && quiet go build -ldflags '-s -w' -o "$scratch/crictl" "$files/crictl.go")
  program[pause]=$scratch/pause
  go build -ldflags '-s -w' -o "$scratch/pause" "$files/pause.go"
}
