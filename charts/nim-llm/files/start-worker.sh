#!/bin/bash
# Starts sshd, through which the leader's mpirun starts the ranks of this node.
set -euo pipefail

# The operator of an MPIJob mounts the keys itself.
if [ -n "${SSH_KEYS:-}" ]; then
  . /scripts/ssh-keys.sh
fi

if [ "$(id -u)" = 0 ]; then
  # sshd does not start if another user owns this directory.
  mkdir -p /var/run/sshd
  chown root:root /var/run/sshd
fi

# The image's configuration, with a port and a host key that a non-root user can use. StrictModes would reject volumes,
# because they belong to the group of the pod.
[ -f /ssh-confs/host_key ] || ssh-keygen -q -t rsa -N '' -f /ssh-confs/host_key
{
  printf '%s\n' 'Port 2222' 'HostKey /ssh-confs/host_key' 'PidFile /ssh-confs/sshd.pid' 'StrictModes no'
  sed '/^[[:space:]]*\(Port\|HostKey\)[[:space:]]/Id' /etc/ssh/sshd_config
} >/ssh-confs/sshd_config

# sshd re-executes itself for each login, which needs its absolute path.
exec "$(command -v sshd)" -De -f /ssh-confs/sshd_config
