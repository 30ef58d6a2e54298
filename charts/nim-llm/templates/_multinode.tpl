{{- define "nim-llm.home" -}}
{{- if include "nim-llm.root" . }}/root{{ else }}/opt/nim/llm{{ end -}}
{{- end }}

{{/* "true" if the chart starts the server with mpirun; otherwise the entrypoint of the image does. */}}
{{- define "nim-llm.startsCluster" -}}
{{- if ne .Values.multiNode.launcher "image" }}true{{ end -}}
{{- end }}

{{/* The number of groups without an autoscaler. */}}
{{- define "nim-llm.groups" -}}
{{- kindIs "invalid" .Values.replicaCount | ternary 1 .Values.replicaCount | int64 -}}
{{- end }}

{{/* A pattern of the variables that a role does not get: leader, worker or launcher. */}}
{{- define "nim-llm.omittedEnv" -}}
{{- $patterns := list -}}
{{- if eq .role "worker" }}{{ $patterns = append $patterns "OMPI_|CLUSTER_|NGC_HOME$|HF_HOME$|NUMBA_|OUTLINES_" }}{{ end -}}
{{- if eq .role "launcher" }}{{ $patterns = append $patterns "OMPI_|CLUSTER_" }}{{ end -}}
{{- if not (include "nim-llm.startsCluster" .root) -}}
{{- $patterns = append $patterns "TLLM_|VLLM_|UVICORN_|NGC_HOME$|HF_HOME$|NUMBA_|OUTLINES_" -}}
{{- end -}}
{{- with $patterns }}^({{ join "|" . }}){{ else }}^${{ end -}}
{{- end }}

{{- define "nim-llm.roleEnv" -}}
{{- include "nim-llm.env" (dict "root" .root "omit" (include "nim-llm.omittedEnv" .) "own" (.own | default "[]")) -}}
{{- end }}

{{/* The names mpirun hands to all ranks, as a JSON list: an SSH login does not inherit the container's variables. */}}
{{- define "nim-llm.exportedNames" -}}
{{- $names := list -}}
{{- range include "nim-llm.roleEnv" . | fromYamlArray -}}
{{- if not (regexMatch "^(OMPI_.*|CLUSTER_SIZE|CLUSTER_START_TIMEOUT|GROUP_INDEX)$" .name) }}{{ $names = append $names .name }}{{ end -}}
{{- end -}}
{{- toJson $names -}}
{{- end }}

{{/* The command of an MPIJob's launcher, as a JSON list. The operator names the hosts and brings the keys, but no configuration. */}}
{{- define "nim-llm.mpirun" -}}
{{- $ranks := mul (int64 .Values.multiNode.gpusPerNode) (int64 .Values.multiNode.workers) -}}
{{- $words := include "nim-llm.root" . | empty | ternary (list "mpirun") (list "mpirun" "--allow-run-as-root") -}}
{{- $words = concat $words (list "-n" (toString $ranks) "-bind-to" "none" "-map-by" "slot") -}}
{{- $ssh := "-p 2222 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectionAttempts=20" -}}
{{- $words = concat $words (list "-mca" "plm_rsh_args" $ssh) -}}
{{- range include "nim-llm.exportedNames" (dict "root" . "role" "launcher") | fromJsonArray -}}
{{- $words = concat $words (list "-x" .) -}}
{{- end -}}
{{- append $words "/opt/nim/start-mpi-cluster.sh" | toJson -}}
{{- end }}

{{/* Variables of the leader's own that only LeaderWorkerSet and the script below /scripts know. */}}
{{- define "nim-llm.leaderOwnEnv" -}}
- name: CLUSTER_SIZE
  valueFrom:
    fieldRef:
      fieldPath: metadata.annotations['leaderworkerset.sigs.k8s.io/size']
- name: GROUP_INDEX
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['leaderworkerset.sigs.k8s.io/group-index']
- name: GPUS_PER_NODE
  value: {{ int64 .Values.multiNode.gpusPerNode | quote }}
{{- if include "nim-llm.startsCluster" . }}
- name: EXPORTED_NAMES
  value: {{ include "nim-llm.exportedNames" (dict "root" . "role" "leader") | fromJsonArray | join " " }}
{{- include "nim-llm.sshEnv" . }}
{{- else }}
- name: NIM_LEADER_ROLE
  value: "1"
{{- include "nim-llm.rootEnv" . }}
{{- end }}
{{- end }}

{{- define "nim-llm.workerOwnEnv" -}}
- name: LEADER_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.annotations['leaderworkerset.sigs.k8s.io/leader-name']
- name: NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: LWS_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['leaderworkerset.sigs.k8s.io/name']
{{- if include "nim-llm.startsCluster" . }}
{{- include "nim-llm.sshEnv" . }}
{{- else }}
- name: NIM_LEADER_ROLE
  value: "0"
{{- include "nim-llm.rootEnv" . }}
{{- end }}
{{- end }}

{{- define "nim-llm.sshEnv" }}
- name: SSH_DIRECTORY
  value: {{ include "nim-llm.home" . }}/.ssh
- name: SSH_KEYS
  value: {{ include "nim-llm.home" . }}/pk
{{- end }}

{{- define "nim-llm.rootEnv" }}
- name: NIM_MPI_ALLOW_RUN_AS_ROOT
  value: {{ include "nim-llm.root" . | empty | ternary "0" "1" | quote }}
{{- end }}

{{/* Mounts of a LeaderWorkerSet's pods besides those of every NIM pod. */}}
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
