{{- define "nim-llm.home" -}}
{{- if include "nim-llm.runsAsRoot" . }}/root{{ else }}/opt/nim/llm{{ end -}}
{{- end }}

{{/* "true" if the chart starts the server with mpirun; otherwise the entrypoint of the image does. */}}
{{- define "nim-llm.startsCluster" -}}
{{- if ne .Values.multiNode.launcher "image" }}true{{ end -}}
{{- end }}

{{/* The number of groups without an autoscaler. */}}
{{- define "nim-llm.groups" -}}
{{- if kindIs "invalid" .Values.replicaCount -}}
1
{{- else -}}
{{- int64 .Values.replicaCount -}}
{{- end -}}
{{- end }}

{{/*
The command of an MPIJob's launcher. The operator names the hosts and mounts the SSH keys, but it writes no SSH
configuration, so the options of ssh are given here.
*/}}
{{- define "nim-llm.mpirun" -}}
- mpirun
{{- if include "nim-llm.runsAsRoot" . }}
- --allow-run-as-root
{{- end }}
- -n
- {{ mul (int64 .Values.multiNode.gpusPerNode) (int64 .Values.multiNode.workers) | quote }}
- -bind-to
- none
- -map-by
- slot
- -mca
- plm_rsh_args
- -p 2222 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectionAttempts=20
{{- range include "nim-llm.launcherEnv" . | fromYamlArray }}
{{- if include "nim-llm.isExported" . }}
- -x
- {{ toYaml .name }}
{{- end }}
{{- end }}
- /opt/nim/start-mpi-cluster.sh
{{- end }}

{{/* Mounts that only the pods of a LeaderWorkerSet have. */}}
{{- define "nim-llm.sshMounts" -}}
- name: ssh-dotfiles
  mountPath: {{ include "nim-llm.home" . }}/.ssh
- name: ssh-pk
  mountPath: {{ include "nim-llm.home" . }}/pk
{{- end }}

{{- define "nim-llm.sshVolumes" -}}
- name: ssh-dotfiles
  emptyDir: {}
- name: ssh-pk
  secret:
    secretName: {{ .Values.multiNode.existingSSHSecret | default (printf "%s-ssh-pk" (include "nim-llm.fullname" .)) | quote }}
    defaultMode: 0400
{{- end }}

{{- define "nim-llm.startScriptMount" }}
{{- if include "nim-llm.startsCluster" . }}
- name: start-mpi-script
  mountPath: /opt/nim/start-mpi-cluster.sh
  subPath: start-mpi-cluster.sh
{{- end }}
{{- end }}

{{- define "nim-llm.startScriptVolume" }}
{{- if include "nim-llm.startsCluster" . }}
- name: start-mpi-script
  configMap:
    name: {{ include "nim-llm.fullname" . }}-mpi-start-script
    defaultMode: 0555
{{- end }}
{{- end }}
