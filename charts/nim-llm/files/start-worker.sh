#!/bin/bash
# Lets the leader in by SSH; its mpirun starts the ranks of this node.
set -euo pipefail

# The operator of an MPIJob mounts the keys itself.
if [ -n "${SSH_KEYS:-}" ]; then
  . /scripts/ssh-keys.sh
fi

if [ "$(id -u)" = 0 ]; then
  # sshd leaves a directory that another user owns.
  mkdir -p /var/run/sshd
  chown root:root /var/run/sshd
fi

# The image's own configuration, with a port and a host key that an ordinary user can have. Volumes belong to the group
# of the pod, which StrictModes would refuse.
[ -f /ssh-confs/host_key ] || ssh-keygen -q -t rsa -N '' -f /ssh-confs/host_key
{
  printf '%s\n' 'Port 2222' 'HostKey /ssh-confs/host_key' 'PidFile /ssh-confs/sshd.pid' 'StrictModes no'
  sed '/^[[:space:]]*\(Port\|HostKey\)[[:space:]]/Id' /etc/ssh/sshd_config
} >/ssh-confs/sshd_config

# sshd starts itself again for each login and needs its absolute path for that.
exec "$(command -v sshd)" -De -f /ssh-confs/sshd_config
