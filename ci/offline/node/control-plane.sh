# The images of the control plane, under the names that kubeadm expects, in one archive.

kubeadm_images() { "${program[kubeadm]}" config images list --kubernetes-version "v$(version kubernetes)"; }

import_root() {  # DIRECTORY IMAGE PROGRAM
  tar -C "$1" --numeric-owner -c . |
    docker import --change "ENTRYPOINT [\"/usr/local/bin/$3\"]" --change 'ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$2" >/dev/null
}

static_image() {  # IMAGE PROGRAM: an image with one static program
  local directory=$scratch/image
  mkdir -p "$directory"/{usr/local/bin,etc/ssl/certs} && mkdir -m 1777 "$directory/tmp"
  cp /etc/ssl/certs/ca-certificates.crt "$directory/etc/ssl/certs/"
  cp "${program[$2]}" "$directory/usr/local/bin/"
  import_root "$directory" "$1" "$2"
  rm -rf "$directory"
}

# kube-proxy calls iptables. The storage provisioner also uses its image, whose shell creates directories of volumes.
proxy_image() {  # IMAGE
  local directory=$scratch/image
  mkdir -p "$directory" && tar -C "$directory" -xf "$scratch/kube-proxy.tar"
  cp "${program[kube-proxy]}" "$directory/usr/local/bin/"
  import_root "$directory" "$1" kube-proxy
  rm -rf "$directory"
}

control_plane() {  # ARCHIVE
  say "images of the control plane"
  local image name images=()
  for image in $(kubeadm_images) "rancher/local-path-provisioner:v$(version local-path-provisioner)"; do
    name=${image##*/} name=${name%%:*}
    case $name in
      kube-proxy) proxy_image "$image" ;;
      *) static_image "$image" "$name" ;;
    esac
    images+=("$image")
  done
  docker save -o "$1" "${images[@]}"
  docker rmi "${images[@]}" >/dev/null
}
