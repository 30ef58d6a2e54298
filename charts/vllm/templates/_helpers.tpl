{{- define "vllm.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "vllm.fullname" -}}
{{- $name := include "vllm.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "vllm.selectorLabels" -}}
app.kubernetes.io/name: {{ include "vllm.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "vllm.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "vllm.labels" -}}
{{ include "vllm.selectorLabels" . }}
{{ include "vllm.commonLabels" . }}
{{- end }}

{{- define "vllm.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "vllm.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{- define "vllm.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end }}

{{/* A scalar as text; Go would print the integer 1048576 of a values file as 1.048576e+06. */}}
{{- define "vllm.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end }}

{{/* The model names that clients can use, as a JSON list. */}}
{{- define "vllm.servedNames" -}}
{{- $names := .Values.vllm.servedModelName | default .Values.vllm.model -}}
{{- if kindIs "string" $names }}{{ $names = list $names }}{{ end -}}
{{- toJson $names -}}
{{- end }}

{{/* "true" if an init container downloads the model. A path or an object-store URI is never downloaded. */}}
{{- define "vllm.downloadsModel" -}}
{{- if and .Values.modelDownload.enabled (not (regexMatch "^(/|[a-z0-9]+://)" .Values.vllm.model)) }}true{{ end -}}
{{- end }}

{{/* The data of the chart's own Secret: the values set in plain text, unless an existing Secret replaces them. */}}
{{- define "vllm.secretData" -}}
{{- range $key, $secret := dict "HF_TOKEN" .Values.huggingfaceToken "VLLM_API_KEY" .Values.apiKey }}
{{- if and $secret.value (not $secret.existingSecret) }}
{{ $key }}: {{ $secret.value | b64enc | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Dropping the page cache needs root and a writable /proc/sys, so init_drop_cache overrides these settings. */}}
{{- define "vllm.securityContext" -}}
{{- $context := .Values.securityContext | default dict -}}
{{- if .Values.init_drop_cache -}}
{{- $context = omit $context "allowPrivilegeEscalation" "runAsNonRoot" "runAsUser" "readOnlyRootFilesystem" -}}
{{- $context = merge (dict "privileged" true) $context -}}
{{- end -}}
{{- with $context }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* The server's resources. KAI Scheduler assigns a share of a GPU, so a limit would reserve a whole one. */}}
{{- define "vllm.serverResources" -}}
{{- if .Values.kaischeduler -}}
{{- include "vllm.resources" (dict "resources" .Values.resources "omit" (list "nvidia.com/gpu")) | trim -}}
{{- else -}}
{{- include "vllm.resources" (dict "resources" .Values.resources "omit" list) | trim -}}
{{- end -}}
{{- end }}

{{/* Resources without nulls, which unset a default. Args: resources (a map, or null), omit (a list of resource names to leave out). */}}
{{- define "vllm.resources" -}}
{{- range $kind := list "limits" "requests" }}
{{- $kept := dict }}
{{- range $name, $quantity := index ($.resources | default dict) $kind }}
{{- if not (or (kindIs "invalid" $quantity) (has $name $.omit)) }}{{ $_ := set $kept $name $quantity }}{{ end }}
{{- end }}
{{- with $kept }}
{{ $kind }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with (.resources | default dict).claims }}
claims: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The source of the volume model-storage: the first storage backend that is set. */}}
{{- define "vllm.modelStorage" -}}
{{- with .Values.persistence -}}
{{- if not .enabled -}}
emptyDir: {{- with .ephemeralSizeLimit }}{{ dict "sizeLimit" . | toYaml | nindent 2 }}{{ else }} {}{{ end }}
{{- else if .existingClaim -}}
persistentVolumeClaim:
  claimName: {{ .existingClaim }}
{{- else if .hostPath.path -}}
hostPath:
  path: {{ .hostPath.path | quote }}
  {{- with .hostPath.type }}
  type: {{ . }}
  {{- end }}
{{- else if .nfs.server -}}
nfs:
  server: {{ .nfs.server | quote }}
  path: {{ .nfs.path | quote }}
  {{- if .nfs.readOnly }}
  readOnly: true
  {{- end }}
{{- else -}}
persistentVolumeClaim:
  claimName: {{ include "vllm.fullname" $ }}-pvc
{{- end -}}
{{- end -}}
{{- end }}
