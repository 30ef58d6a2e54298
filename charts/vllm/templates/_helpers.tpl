{{- define "vllm.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "vllm.fullname" -}}
{{- $name := include "vllm.name" . -}}
{{- $release := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $release | trunc 63 | trimSuffix "-" -}}
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
{{- $account := empty .Values.serviceAccount.create | ternary "default" (include "vllm.fullname" .) -}}
{{- .Values.serviceAccount.name | default $account -}}
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

{{/* The names under which clients ask for the model, as a JSON list. */}}
{{- define "vllm.servedNames" -}}
{{- $names := .Values.vllm.servedModelName | default .Values.vllm.model -}}
{{- kindIs "string" $names | ternary (list $names) $names | toJson -}}
{{- end }}

{{/* "true" if the model is downloaded before the server starts; a path or an object-store URI never is. */}}
{{- define "vllm.downloadsModel" -}}
{{- if and .Values.modelDownload.enabled (not (regexMatch "^(/|[a-z0-9]+://)" .Values.vllm.model)) }}true{{ end -}}
{{- end }}

{{/* The entries of the chart's own Secret: literals that no existing Secret replaces. */}}
{{- define "vllm.secretData" -}}
{{- range $key, $secret := dict "HF_TOKEN" .Values.huggingfaceToken "VLLM_API_KEY" .Values.apiKey }}
{{- if and $secret.value (not $secret.existingSecret) }}
{{ $key }}: {{ $secret.value | b64enc | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Dropping the page cache needs root and a writable /proc/sys, whatever else the user asks for. */}}
{{- define "vllm.securityContext" -}}
{{- $context := .Values.securityContext | default dict -}}
{{- if .Values.init_drop_cache -}}
{{- $context = omit $context "allowPrivilegeEscalation" "runAsNonRoot" "runAsUser" "readOnlyRootFilesystem" -}}
{{- $context = merge (dict "privileged" true) $context -}}
{{- end -}}
{{- with $context }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* Resources without nulls and without the keys listed in omit. */}}
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

{{/* The source of the volume model-storage; the first backend that is set wins. */}}
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
