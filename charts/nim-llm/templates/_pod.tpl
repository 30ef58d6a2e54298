{{/* The pod of a StatefulSet or Deployment. */}}
{{- define "nim-llm.podTemplate" -}}
metadata:
  {{- include "nim-llm.podMetadata" (dict "root" . "labels" (include "nim-llm.selectorLabels" .)) | nindent 2 }}
spec:
  {{- include "nim-llm.podSettings" . | nindent 2 }}
  {{- with include "nim-llm.initContainers" . | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .Chart.Name }}
      {{- include "nim-llm.container" . | nindent 6 }}
      {{- include "nim-llm.resourcesField" . | nindent 6 }}
      {{- if .Values.customCommand }}
      command:
        {{- toYaml .Values.customCommand | nindent 8 }}
      {{- else if .Values.model.legacyCompat }}
      command:
        {{- include "nim-llm.legacyCommand" . | trim | nindent 8 }}
      {{- end }}
      {{- with .Values.customArgs }}
      args:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      env:
        {{- include "nim-llm.env" . | nindent 8 }}
      ports:
        {{- include "nim-llm.ports" . | trim | nindent 8 }}
      {{- include "nim-llm.probes" . | trim | nindent 6 }}
      volumeMounts:
        {{- include "nim-llm.volumeMounts" . | nindent 8 }}
  volumes:
    {{- include "nim-llm.volumes" . | nindent 4 }}
{{- end }}

{{/*
Labels and annotations of a pod. Args: root, labels (the chart's labels as YAML text), annotations (optional, a map that
replaces podAnnotations of the same name).
*/}}
{{- define "nim-llm.podMetadata" -}}
{{- $annotations := dict -}}
{{- with .root.Values.model.ngcAPIKey }}{{ $_ := set $annotations "checksum/secrets" (sha256sum .) }}{{ end -}}
{{- with merge $annotations (.annotations | default dict) (.root.Values.podAnnotations | default dict) -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{ end -}}
{{- with include "nim-llm.mergedLabels" (dict "chart" .labels "user" .root.Values.model.labels) -}}
labels:
  {{- . | nindent 2 }}
{{- end -}}
{{- end }}

{{- define "nim-llm.podSettings" -}}
{{- with .Values.imagePullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{ end -}}
serviceAccountName: {{ include "nim-llm.serviceAccountName" . }}
# A Service named nim-x would set NIM_X_PORT to a URL, and the NIM reads NIM_*.
enableServiceLinks: false
terminationGracePeriodSeconds: 60
{{- with include "nim-llm.withoutNulls" .Values.podSecurityContext }}
securityContext:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
