# Sourced by the leader and its workers. The keys are copied because ssh rejects key files that a group can read.
install -m 0600 "$SSH_KEYS/private.key" "$SSH_DIRECTORY/id_rsa"
ssh-keygen -y -f "$SSH_DIRECTORY/id_rsa" >"$SSH_DIRECTORY/id_rsa.pub"
cp "$SSH_DIRECTORY/id_rsa.pub" "$SSH_DIRECTORY/authorized_keys"
cat >"$SSH_DIRECTORY/config" <<EOT
Host *
  Port 2222
  IdentityFile $SSH_DIRECTORY/id_rsa
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
EOT
chmod 0600 "$SSH_DIRECTORY/authorized_keys" "$SSH_DIRECTORY/config"
