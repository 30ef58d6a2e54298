{{/* Both the InferenceService and the runtime have to name the sizes. */}}
{{- define "kserve-vllm.parallelSizes" -}}
pipelineParallelSize: {{ int64 .Values.multiNode.pipelineParallelSize }}
tensorParallelSize: {{ int64 .Values.multiNode.tensorParallelSize }}
{{- end }}

{{/* The workers as the InferenceService describes them: KServe refuses resources at the level of the pod. */}}
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

{{/* The workers as the runtime describes them. */}}
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
      {{- include "kserve-vllm.rayEnv" (dict "root" . "own" (include "kserve-vllm.workerEnv" .)) | trim | nindent 6 }}
    startupProbe:
      {{- include "kserve-vllm.rayProbe" (list . "start" "ray-nodes.sh" "health.sh") | nindent 6 }}
    livenessProbe:
      {{- include "kserve-vllm.rayProbe" (list . "run" "ray-nodes.sh") | nindent 6 }}
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

{{/* Only OpenShift AI mounts these files. */}}
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

{{/* The chart's variables that servingRuntime.env does not name, then servingRuntime.env: no name twice. */}}
{{- define "kserve-vllm.rayEnv" -}}
{{- $given := list -}}
{{- range .root.Values.servingRuntime.env }}{{ $given = append $given .name }}{{ end -}}
{{- $tls := include "kserve-vllm.onOpenShiftAI" .root | empty | ternary "" (include "kserve-vllm.rayTLS" .root) -}}
{{- range printf "%s\n%s" $tls .own | fromYamlArray }}
{{- if not (has .name $given) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{- with .root.Values.servingRuntime.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A probe of scripts below files/: takes the root, `start` for twenty minutes or `run`, and their names. */}}
{{- define "kserve-vllm.rayProbe" -}}
{{- $root := first . -}}
{{- $start := eq (index . 1) "start" -}}
exec:
  command:
    - bash
    - "-c"
    - |
      {{- range slice . 2 }}
      {{- $root.Files.Get (printf "files/%s" .) | trim | nindent 6 }}
      {{- end }}
{{- if $start }}
initialDelaySeconds: 20
{{- end }}
periodSeconds: {{ $start | ternary 30 5 }}
timeoutSeconds: {{ $start | ternary 30 15 }}
failureThreshold: {{ $start | ternary 40 2 }}
{{- end }}
