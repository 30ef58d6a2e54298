# The file system of the node: Debian, kind's own files, our programs and the images of the control plane.

kind_files() {  # ROOT: copy the files of kind's base image, and remove the same systemd units as it does
  local base
  base=$(module Dir sigs.k8s.io/kind "$(version kind)")/images/base/files
  cp -r --no-preserve=mode "$base/etc" "$base/kind" "$base/usr" "$1/"
  chmod 755 "$1"/kind/bin/* "$1"/usr/local/bin/*
  find "$1/lib/systemd/system/sysinit.target.wants/" -name systemd-tmpfiles-setup.service -delete
  rm -f "$1"/lib/systemd/system/{multi-user,local-fs,basic}.target.wants/* "$1"/etc/systemd/system/*.wants/* \
    "$1"/lib/systemd/system/sockets.target.wants/*{udev,initctl}*
  echo 'ReadKMsg=no' >> "$1/etc/systemd/journald.conf"
}

services() {  # ROOT
  local wants=$1/etc/systemd/system/multi-user.target.wants unit
  mkdir -p "$wants"
  for unit in kubelet containerd undo-mount-hacks; do ln -sf "/etc/systemd/system/$unit.service" "$wants/"; done
  ln -sf /dev/null "$1/etc/systemd/system/systemd-binfmt.service"  # it would change the kernel of the host
  ln -sf /usr/lib/systemd/systemd "$1/sbin/init"
}

install_programs() {  # ROOT
  local name
  mkdir -p "$1/opt/cni/bin" "$1/etc/cni/net.d" "$1/etc/kubernetes/manifests"
  for name in containerd containerd-shim-runc-v2 ctr crictl; do install "${program[$name]}" "$1/usr/local/bin/"; done
  for name in ptp loopback host-local portmap; do install "${program[$name]}" "$1/opt/cni/bin/"; done
  for name in kubeadm kubelet kubectl; do install "${program[$name]}" "$1/usr/bin/"; done
}

configure() {  # ROOT
  local pause proxy
  pause=$(kubeadm_images | grep /pause:) proxy=$(kubeadm_images | grep /kube-proxy:)
  mkdir -p "$1/kind/manifests"
  printf 'v%s' "$(version kubernetes)" > "$1/kind/version"
  sed "s#@PAUSE@#$pause#" "$files/containerd.toml" > "$1/etc/containerd/config.toml"
  cp "$files/10-node.conflist" "$1/etc/cni/net.d/"
  cp "$files/default-cni.yaml" "$1/kind/manifests/"
  sed -e "s#image: busybox.*#image: $proxy#" \
    -e 's#/opt/local-path-provisioner#/var/local-path-provisioner#' \
    -e 's#^  name: local-path$#  name: standard\n  annotations: {storageclass.kubernetes.io/is-default-class: "true"}#' \
    "$(module Dir github.com/rancher/local-path-provisioner "$(version local-path-provisioner)")/deploy/local-path-storage.yaml" \
    > "$1/kind/manifests/default-storage.yaml"
}

node_root() {  # ROOT
  say "file system of the node"
  mkdir -p "$1" && tar -C "$1" -xf "$scratch/node.tar"
  kind_files "$1"
  services "$1"
  install_programs "$1"
  configure "$1"
}

# Import the archive into the node's content store. The node's containerd unpacks it on first use.
preload() {  # ARCHIVE ROOT
  say "images of the control plane into the node"
  local run=$scratch/containerd daemon
  mkdir -p "$run" "$2/var/lib/containerd"
  cat > "$run/config.toml" <<TOML
version = 3
root = "$2/var/lib/containerd"
state = "$run/state"
disabled_plugins = ["io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri"]
[grpc]
  address = "$run/socket"
TOML
  "${program[containerd]}" --config "$run/config.toml" >"$run/log" 2>&1 & daemon=$!
  for _ in $(seq 100); do [ -S "$run/socket" ] && break; sleep 0.1; done
  quiet "${program[ctr]}" -a "$run/socket" -n k8s.io images import --no-unpack --digests --all-platforms \
    --label io.cri-containerd.pinned=pinned "$1"
  kill $daemon
  wait $daemon || true
}
