{{/* What OpenShift AI calls its own runtime for these nodes and accelerators. */}}
{{- define "kserve-vllm.runtimeKind" -}}
{{- $accelerator := include "kserve-vllm.accelerator" . -}}
{{- if include "kserve-vllm.multiNode" . -}}
Multi-Node
{{- else if hasPrefix "nvidia.com/" $accelerator -}}
NVIDIA GPU
{{- else if hasPrefix "amd.com/" $accelerator -}}
AMD GPU
{{- else if hasPrefix "habana.ai/" $accelerator -}}
Intel Gaudi Accelerator
{{- else -}}
CPU (ppc64le/s390x)
{{- end -}}
{{- end }}

{{- define "kserve-vllm.runtimeAnnotations" -}}
opendatahub.io/runtime-version: {{ .Values.image.runtimeVersionOverride | default .Chart.AppVersion | quote }}
{{- with include "kserve-vllm.accelerator" . }}
opendatahub.io/recommended-accelerators: {{ list . | toJson | quote }}
{{- end }}
{{- with .Values.displayName }}
openshift.io/display-name: {{ . | quote }}
{{- end }}
{{- $kind := include "kserve-vllm.runtimeKind" . }}
opendatahub.io/template-display-name: {{ .Values.displayName | default (printf "vLLM %s ServingRuntime for KServe" $kind) | quote }}
{{- end }}

{{- define "kserve-vllm.imageFields" -}}
image: {{ include "kserve-vllm.image" . | quote }}
{{- with .Values.image.pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- end }}

{{/* The server on a single node. Its port has no name, because Knative accepts only http1 and h2c. */}}
{{- define "kserve-vllm.serverContainer" -}}
- name: kserve-container
  {{- include "kserve-vllm.imageFields" . | nindent 2 }}
  {{- range $key := list "command" "args" "env" }}
  {{- with index $.Values.servingRuntime $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  ports:
    - containerPort: 8080
      protocol: TCP
  {{- include "kserve-vllm.probes" . | trim | nindent 2 }}
  volumeMounts:
    - name: shm
      mountPath: /dev/shm
{{- end }}

{{/* The probes on a single node. Knative has its own start-up deadline, and its old releases reject a startup probe. */}}
{{- define "kserve-vllm.probes" -}}
{{- $kinds := list "startupProbe" "readinessProbe" "livenessProbe" -}}
{{- if eq (include "kserve-vllm.mode" .) "Serverless" }}{{ $kinds = list "readinessProbe" }}{{ end -}}
{{- range $kind := $kinds }}
{{- with index $.Values $kind }}
{{- if .enabled }}
{{ $kind }}:
  httpGet:
    path: {{ .path | quote }}
    port: 8080
  {{- range $key, $number := omit . "enabled" "path" }}
  {{ $key }}: {{ int64 $number }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The server on several nodes, which is the Ray head. The script receives the arguments of the container. */}}
{{- define "kserve-vllm.headContainer" -}}
- name: kserve-container
  {{- include "kserve-vllm.imageFields" . | nindent 2 }}
  command:
    - bash
    - "-c"
    - |
      {{- .Files.Get "files/start-head.sh" | trim | nindent 6 }}
  args:
    - --port=8080
  env:
    {{- include "kserve-vllm.rayEnv" (dict "root" . "chart" (include "kserve-vllm.headEnv" .)) | trim | nindent 4 }}
  ports:
    - name: http
      containerPort: 8080
      protocol: TCP
  startupProbe:
    {{- include "kserve-vllm.rayProbe" (dict "root" . "starting" true "scripts" (list "ray-nodes.sh" "health.sh")) | nindent 4 }}
  readinessProbe:
    {{- include "kserve-vllm.rayProbe" (dict "root" . "starting" false "scripts" (list "health.sh")) | nindent 4 }}
  livenessProbe:
    {{- include "kserve-vllm.rayProbe" (dict "root" . "starting" false "scripts" (list "ray-nodes.sh" "health.sh")) | nindent 4 }}
  volumeMounts:
    - name: shm
      mountPath: /dev/shm
{{- end }}

{{- define "kserve-vllm.sharedMemory" -}}
- name: shm
  emptyDir:
    medium: Memory
    sizeLimit: {{ include "kserve-vllm.text" .Values.servingRuntime.shmSize | quote }}
{{- end }}
