{{/*
The environment of a LeaderWorkerSet's leader, without the variables of nim-llm.leaderOwnEnv. An image that starts the
cluster itself also sets the caches and the log levels of its engines.
*/}}
{{- define "nim-llm.leaderEnv" -}}
{{- include "nim-llm.mergedEnv" (dict "env" (include "nim-llm.leaderChartEnv" .) "more" (include "nim-llm.userEnv" .)) -}}
{{- end }}

{{- define "nim-llm.leaderChartEnv" -}}
- name: OMPI_MCA_orte_keep_fqdn_hostnames
  value: "true"
- name: OMPI_MCA_plm_rsh_args
  value: "-o ConnectionAttempts=20"
{{- if include "nim-llm.startsCluster" . }}
{{ include "nim-llm.engineLogEnv" . }}
{{ include "nim-llm.cacheEnv" . }}
{{- end }}
- name: NIM_NUM_COMPUTE_NODES
  value: {{ int64 .Values.multiNode.workers | quote }}
- name: CLUSTER_START_TIMEOUT
  value: {{ int64 .Values.multiNode.clusterStartTimeout | quote }}
{{ include "nim-llm.downloadEnv" . }}
{{- if include "nim-llm.startsCluster" . }}
- name: OUTLINES_CACHE_DIR
  value: /tmp/outlines
{{- end }}
{{ include "nim-llm.serverEnv" . }}
{{- end }}

{{/* The environment of a worker. Its ranks get the caches from mpirun, with the variables of the leader or launcher. */}}
{{- define "nim-llm.workerEnv" -}}
{{- include "nim-llm.mergedEnv" (dict "env" (include "nim-llm.workerChartEnv" .) "more" (include "nim-llm.userEnv" .)) -}}
{{- end }}

{{- define "nim-llm.workerChartEnv" -}}
{{- if include "nim-llm.startsCluster" . }}
{{ include "nim-llm.engineLogEnv" . }}
{{- end }}
- name: NIM_NUM_COMPUTE_NODES
  value: {{ int64 .Values.multiNode.workers | quote }}
{{ include "nim-llm.downloadEnv" . }}
{{ include "nim-llm.serverEnv" . }}
{{- end }}

{{/* The environment of an MPIJob's launcher. */}}
{{- define "nim-llm.launcherEnv" -}}
{{- include "nim-llm.mergedEnv" (dict "env" (include "nim-llm.launcherChartEnv" .) "more" (include "nim-llm.userEnv" .)) -}}
{{- end }}

{{- define "nim-llm.launcherChartEnv" -}}
{{- if include "nim-llm.startsCluster" . }}
{{ include "nim-llm.engineLogEnv" . }}
{{ include "nim-llm.cacheEnv" . }}
{{- end }}
- name: NIM_NUM_COMPUTE_NODES
  value: {{ int64 .Values.multiNode.workers | quote }}
{{ include "nim-llm.downloadEnv" . }}
{{- if include "nim-llm.startsCluster" . }}
- name: OUTLINES_CACHE_DIR
  value: /tmp/outlines
{{- end }}
{{ include "nim-llm.serverEnv" . }}
{{- end }}

{{/* Logging of the engines inside a NIM, which support fewer log levels than the NIM. */}}
{{- define "nim-llm.engineLogEnv" -}}
{{- $level := include "nim-llm.logLevel" . -}}
{{- $config := "/etc/nim/config/python_readable_logging_config.json" -}}
{{- if .Values.model.jsonLogging }}{{ $config = "/etc/nim/config/python_jsonl_logging_config.json" }}{{ end -}}
- name: VLLM_CONFIGURE_LOGGING
  value: "1"
- name: TLLM_LOG_LEVEL
  {{- if has $level (list "DEFAULT" "CRITICAL") }}
  value: ERROR
  {{- else }}
  value: {{ $level }}
  {{- end }}
- name: VLLM_NVEXT_LOG_LEVEL
  {{- if eq $level "DEFAULT" }}
  value: INFO
  {{- else if eq $level "TRACE" }}
  value: DEBUG
  {{- else }}
  value: {{ $level }}
  {{- end }}
- name: UVICORN_LOG_LEVEL
  {{- if eq $level "DEFAULT" }}
  value: info
  {{- else }}
  value: {{ lower $level }}
  {{- end }}
- name: VLLM_LOGGING_CONFIG_PATH
  value: {{ $config }}
- name: VLLM_NVEXT_LOGGING_CONFIG_PATH
  value: {{ $config }}
{{- end }}

{{- define "nim-llm.cacheEnv" -}}
{{- $cache := trimSuffix "/" .Values.model.nimCache -}}
- name: NGC_HOME
  value: {{ printf "%s/ngc/hub" $cache | quote }}
- name: HF_HOME
  value: {{ printf "%s/huggingface/hub" $cache | quote }}
- name: NUMBA_CACHE_DIR
  value: /tmp/numba
{{- end }}

{{/*
"true" for a variable that mpirun passes to all ranks, because an SSH login does not inherit the container's variables.
Takes one entry of an environment.
*/}}
{{- define "nim-llm.isExported" -}}
{{- $ownOfLeader := list "CLUSTER_SIZE" "CLUSTER_START_TIMEOUT" "GROUP_INDEX" -}}
{{- if not (or (hasPrefix "OMPI_" .name) (has .name $ownOfLeader)) }}true{{ end -}}
{{- end }}

{{/* The variables of a LeaderWorkerSet's leader that neither the user nor the rest of the chart can replace. */}}
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
  value: {{ include "nim-llm.exportedNames" . }}
{{- include "nim-llm.sshEnv" . }}
{{- else }}
- name: NIM_LEADER_ROLE
  value: "1"
{{- include "nim-llm.rootEnv" . }}
{{- end }}
{{- end }}

{{- define "nim-llm.exportedNames" -}}
{{- $names := list -}}
{{- range include "nim-llm.leaderEnv" . | fromYamlArray -}}
{{- if include "nim-llm.isExported" . }}{{ $names = append $names .name }}{{ end -}}
{{- end -}}
{{- join " " $names -}}
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

{{/* Where ssh-keys.sh finds the keys and writes the configuration of ssh. */}}
{{- define "nim-llm.sshEnv" }}
- name: SSH_DIRECTORY
  value: {{ include "nim-llm.home" . }}/.ssh
- name: SSH_KEYS
  value: {{ include "nim-llm.home" . }}/pk
{{- end }}

{{- define "nim-llm.rootEnv" }}
- name: NIM_MPI_ALLOW_RUN_AS_ROOT
  {{- if include "nim-llm.runsAsRoot" . }}
  value: "1"
  {{- else }}
  value: "0"
  {{- end }}
{{- end }}
