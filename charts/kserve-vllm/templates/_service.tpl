{{/* KServe copies labels and annotations of an InferenceService into its pods: nothing here may change with the chart's version. */}}
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
{{- if has (include "kserve-vllm.scalingSetting" (list . "scaleMetric")) (list "cpu" "memory") }}
{{- /* Knative's own autoscaler knows neither. */}}
autoscaling.knative.dev/class: hpa.autoscaling.knative.dev
{{- end }}
{{- end }}
{{- if include "kserve-vllm.multiNode" . }}
serving.kserve.io/autoscalerClass: {{ include "kserve-vllm.onOpenShiftAI" . | empty | ternary "none" "external" }}
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

{{/* A setting of scaling; those of the same name below scaling.serverless are what the upstream README documents. */}}
{{- define "kserve-vllm.scalingSetting" -}}
{{- $scaling := (first .).Values.scaling -}}
{{- $documented := eq (include "kserve-vllm.mode" (first .)) "Serverless" | ternary $scaling.serverless dict -}}
{{- get $scaling (last .) | default (get $documented (last .)) | toJson | trimAll "\"" -}}
{{- end }}

{{- define "kserve-vllm.scaling" -}}
minReplicas: {{ int64 .Values.scaling.minReplicas }}
{{- if not (include "kserve-vllm.multiNode" .) }}
{{- with int64 .Values.scaling.maxReplicas }}
maxReplicas: {{ . }}
{{- end }}
{{- with include "kserve-vllm.scalingSetting" (list . "scaleMetric") }}
scaleMetric: {{ . }}
{{- end }}
{{- with include "kserve-vllm.scalingSetting" (list . "scaleTarget") | int64 }}
scaleTarget: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* The model and the container that serves it; KServe merges both with those of the runtime. */}}
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
