{{/*
KServe copies the labels and annotations of an InferenceService to its pods. None of them may change with the chart's
version, because an upgrade of the chart would then restart the server.
*/}}
{{- define "kserve-vllm.serviceLabels" -}}
{{ include "kserve-vllm.ownLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- if eq (include "kserve-vllm.mode" .) "RawDeployment" }}
networking.kserve.io/visibility: {{ if .Values.endpoint.externalRoute.enabled }}exposed{{ else }}cluster-local{{ end }}
{{- else if not .Values.endpoint.externalRoute.enabled }}
networking.knative.dev/visibility: cluster-local
{{- end }}
{{- end }}

{{- define "kserve-vllm.serviceAnnotations" -}}
serving.kserve.io/deploymentMode: {{ include "kserve-vllm.mode" . }}
{{- if eq (include "kserve-vllm.mode" .) "Serverless" }}
serving.knative.openshift.io/enablePassthrough: "true"
sidecar.istio.io/inject: "true"
sidecar.istio.io/rewriteAppHTTPProbers: "true"
{{- $metric := include "kserve-vllm.scalingSetting" (dict "root" . "key" "scaleMetric") }}
{{- if has $metric (list "cpu" "memory") }}
{{- /* Knative's own autoscaler supports neither metric. */}}
autoscaling.knative.dev/class: hpa.autoscaling.knative.dev
{{- end }}
{{- end }}
{{- if include "kserve-vllm.multiNode" . }}
{{- if include "kserve-vllm.onOpenShiftAI" . }}
serving.kserve.io/autoscalerClass: external
{{- else }}
serving.kserve.io/autoscalerClass: none
{{- end }}
{{- end }}
{{- if .Values.endpoint.auth.enabled }}
security.opendatahub.io/enable-auth: "true"
{{- end }}
{{- if .Values.scaling.stopped }}
serving.kserve.io/stop: "true"
{{- end }}
{{- range $key, $text := .Values.hardwareProfile }}
{{- with $text }}
opendatahub.io/hardware-profile-{{ $key }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "kserve-vllm.predictorAnnotations" -}}
{{- if eq (include "kserve-vllm.mode" .) "Serverless" -}}
{{- with .Values.scaling.serverless.timeout }}
serving.knative.dev/progress-deadline: {{ . | quote }}
{{- end }}
{{- with .Values.scaling.serverless.retentionPeriod }}
autoscaling.knative.dev/scale-to-zero-pod-retention-period: {{ . | quote }}
{{- end }}
{{- end -}}
{{- end }}

{{/*
A setting of .Values.scaling, as text. The upstream README documents the same key below scaling.serverless, which
applies in Serverless mode if the key itself is empty. Args: root, key (scaleMetric or scaleTarget).
*/}}
{{- define "kserve-vllm.scalingSetting" -}}
{{- $scaling := .root.Values.scaling -}}
{{- $value := get $scaling .key | default "" -}}
{{- if eq (include "kserve-vllm.mode" .root) "Serverless" }}{{ $value = $value | default (get $scaling.serverless .key) }}{{ end -}}
{{- include "kserve-vllm.text" $value -}}
{{- end }}

{{- define "kserve-vllm.scaling" -}}
minReplicas: {{ int64 .Values.scaling.minReplicas }}
{{- if not (include "kserve-vllm.multiNode" .) }}
{{- with int64 .Values.scaling.maxReplicas }}
maxReplicas: {{ . }}
{{- end }}
{{- with include "kserve-vllm.scalingSetting" (dict "root" . "key" "scaleMetric") }}
scaleMetric: {{ . }}
{{- end }}
{{- with include "kserve-vllm.scalingSetting" (dict "root" . "key" "scaleTarget") | int64 }}
scaleTarget: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* The model, and fields of its container that KServe merges into the container of the runtime. */}}
{{- define "kserve-vllm.model" -}}
modelFormat:
  name: vLLM
runtime: {{ include "kserve-vllm.runtimeName" . }}
args:
  - {{ printf "--served-model-name=%s" (.Values.model.modelNameOverride | default "{{.Name}}") | quote }}
  {{- with .Values.model.args }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.model.env }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "kserve-vllm.resources" . | trim }}
resources:
  {{- . | nindent 2 }}
{{- end }}
{{- if eq (lower .Values.model.mode) "uri" }}
storageUri: {{ .Values.model.uri | quote }}
{{- else }}
storage:
  key: {{ .Values.model.s3.key | quote }}
  path: {{ .Values.model.s3.path | quote }}
{{- end }}
{{- end }}
