{{/*
With slowStart, the container is never restarted before maxStartupSeconds: the last of failureThreshold probes runs
30 + 15 * (failureThreshold - 1) seconds after the start.
*/}}
{{- define "vllm.startupProbe" -}}
{{- if .Values.slowStart.enabled -}}
httpGet: {path: /health, port: http}
initialDelaySeconds: 30
periodSeconds: 15
timeoutSeconds: 10
failureThreshold: {{ add (div (sub (int64 .Values.slowStart.maxStartupSeconds) 16) 15) 1 }}
{{- else -}}
{{- omit .Values.startupProbe "enabled" | toYaml -}}
{{- end -}}
{{- end }}

{{- define "vllm.livenessProbe" -}}
{{- if .Values.slowStart.enabled -}}
httpGet: {path: /health, port: http}
periodSeconds: 30
timeoutSeconds: 10
failureThreshold: 3
{{- else -}}
{{- omit .Values.livenessProbe "enabled" "initialDelaySeconds" | toYaml -}}
{{- end -}}
{{- include "vllm.initialDelay" (dict "root" . "probe" .Values.livenessProbe) -}}
{{- end }}

{{- define "vllm.readinessProbe" -}}
{{- if .Values.slowStart.enabled -}}
httpGet: {path: /health, port: http}
periodSeconds: 10
timeoutSeconds: 5
failureThreshold: 2
{{- else -}}
{{- omit .Values.readinessProbe "enabled" "initialDelaySeconds" | toYaml -}}
{{- end -}}
{{- include "vllm.initialDelay" (dict "root" . "probe" .Values.readinessProbe) -}}
{{- end }}

{{/* The other two probes wait for the startup probe, so they need no delay while it is on. Args: root, probe (its values). */}}
{{- define "vllm.initialDelay" -}}
{{- with .probe.initialDelaySeconds }}
{{- if not $.root.Values.startupProbe.enabled }}
initialDelaySeconds: {{ int64 . }}
{{- end }}
{{- end }}
{{- end }}
