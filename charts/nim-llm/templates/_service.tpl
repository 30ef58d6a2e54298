{{/* Labels and annotations of a Service. Args: root, component (the value of app.kubernetes.io/component). */}}
{{- define "nim-llm.serviceMetadata" -}}
labels:
  {{- $labels := printf "%s\napp.kubernetes.io/component: %s" (include "nim-llm.labels" .root) .component }}
  {{- include "nim-llm.mergedLabels" (dict "chart" $labels "user" .root.Values.service.labels) | nindent 2 }}
{{- with .root.Values.service.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Pre-1.0 images serve on more ports. If two of these have the same number, the pod has a name for only one of them, so the
target ports are numbers.
*/}}
{{- define "nim-llm.servicePorts" -}}
{{- $service := .Values.service -}}
- name: http-openai
  port: {{ include "nim-llm.servicePort" . }}
  targetPort: http-openai
  protocol: TCP
{{- if .Values.model.legacyCompat }}
{{- $ports := list (list "http" $service.http_port 8000) (list "grpc" $service.grpc_port 8001) }}
{{- if .Values.metrics.enabled }}{{ $ports = append $ports (list "metrics" $service.metrics_port 8002) }}{{ end }}
{{- with .Values.model.nemo_port }}{{ $ports = append $ports (list "http-nemo" ($service.nemo_port | default .) .) }}{{ end }}
{{- range $ports }}
{{- if index . 1 }}
- name: {{ index . 0 }}
  port: {{ index . 1 | int64 }}
  targetPort: {{ index . 2 | int64 }}
  protocol: TCP
{{- end }}
{{- end }}
{{- end }}
{{- end }}
