{{/* The InferenceService and the runtime must both set the sizes. */}}
{{- define "kserve-vllm.parallelSizes" -}}
pipelineParallelSize: {{ int64 .Values.multiNode.pipelineParallelSize }}
tensorParallelSize: {{ int64 .Values.multiNode.tensorParallelSize }}
{{- end }}

{{/* The workers in the InferenceService. The container has the resources, because KServe rejects them on the pod. */}}
{{- define "kserve-vllm.serviceWorkers" -}}
{{ include "kserve-vllm.parallelSizes" . }}
{{- with include "kserve-vllm.resources" . | trim }}
containers:
  - name: worker-container
    resources:
      {{- . | nindent 6 }}
{{- end }}
{{- include "kserve-vllm.placement" . }}
{{- end }}

{{/* The workers in the runtime. */}}
{{- define "kserve-vllm.runtimeWorkers" -}}
{{ include "kserve-vllm.parallelSizes" . }}
containers:
  - name: worker-container
    {{- include "kserve-vllm.imageFields" . | nindent 4 }}
    command: ["bash", "-c"]
    args:
      - |
        {{- .Files.Get "files/start-worker.sh" | trim | nindent 8 }}
    env:
      {{- include "kserve-vllm.rayEnv" (dict "root" . "chart" (include "kserve-vllm.workerEnv" .)) | trim | nindent 6 }}
    startupProbe:
      {{- include "kserve-vllm.rayProbe" (dict "root" . "starting" true "scripts" (list "ray-nodes.sh" "health.sh")) | nindent 6 }}
    livenessProbe:
      {{- include "kserve-vllm.rayProbe" (dict "root" . "starting" false "scripts" (list "ray-nodes.sh")) | nindent 6 }}
    volumeMounts:
      - name: shm
        mountPath: /dev/shm
volumes:
  {{- include "kserve-vllm.sharedMemory" . | nindent 2 }}
{{- end }}

{{- define "kserve-vllm.workerEnv" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{ include "kserve-vllm.podEnv" . }}
{{- end }}

{{- define "kserve-vllm.headEnv" -}}
- name: RAY_PORT
  value: "6379"
- name: RAY_ADDRESS
  value: 127.0.0.1:6379
{{ include "kserve-vllm.podEnv" . }}
- name: VLLM_NO_USAGE_STATS
  value: "1"
- name: HOME
  value: /tmp
{{- end }}

{{- define "kserve-vllm.podEnv" -}}
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end }}

{{/* TLS between the Ray nodes. Only OpenShift AI mounts these files. */}}
{{- define "kserve-vllm.rayTLS" -}}
- name: RAY_USE_TLS
  value: "1"
- name: RAY_TLS_SERVER_CERT
  value: /etc/ray/tls/tls.pem
- name: RAY_TLS_SERVER_KEY
  value: /etc/ray/tls/tls.pem
- name: RAY_TLS_CA_CERT
  value: /etc/ray/tls/ca.crt
{{- end }}

{{/*
The environment of a Ray node: the chart's variables, then servingRuntime.env, which replaces variables of the same name.
Args: root, chart (the chart's variables as a YAML list).
*/}}
{{- define "kserve-vllm.rayEnv" -}}
{{- $names := list -}}
{{- range .root.Values.servingRuntime.env }}{{ $names = append $names .name }}{{ end -}}
{{- $variables := .chart | fromYamlArray -}}
{{- if include "kserve-vllm.onOpenShiftAI" .root -}}
{{- $variables = concat (include "kserve-vllm.rayTLS" .root | fromYamlArray) $variables -}}
{{- end -}}
{{- range $variables }}
{{- if not (has .name $names) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{- with .root.Values.servingRuntime.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
A probe that runs scripts. Args: root, starting (true for a startup probe, which allows twenty minutes), scripts (names
of files below files/).
*/}}
{{- define "kserve-vllm.rayProbe" -}}
exec:
  command:
    - bash
    - "-c"
    - |
      {{- range .scripts }}
      {{- $.root.Files.Get (printf "files/%s" .) | trim | nindent 6 }}
      {{- end }}
{{- if .starting }}
initialDelaySeconds: 20
periodSeconds: 30
timeoutSeconds: 30
failureThreshold: 40
{{- else }}
periodSeconds: 5
timeoutSeconds: 15
failureThreshold: 2
{{- end }}
{{- end }}
