{{- define "aidaptivcache.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "aidaptivcache.fullname" -}}
{{- $name := include "aidaptivcache.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "aidaptivcache.deployment" -}}
{{- .Values.deployment.name | default (include "aidaptivcache.fullname" .) -}}
{{- end }}

{{- define "aidaptivcache.selectorLabels" -}}
app.kubernetes.io/name: {{ include "aidaptivcache.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "aidaptivcache.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "aidaptivcache.labels" -}}
{{ include "aidaptivcache.selectorLabels" . }}
{{ include "aidaptivcache.commonLabels" . }}
{{- end }}

{{/* None of these labels depends on the chart's version: an upgrade of the chart alone must not restart the engine. */}}
{{- define "aidaptivcache.podLabels" -}}
{{- $labels := include "aidaptivcache.selectorLabels" . | fromYaml -}}
{{- merge $labels (.Values.podLabels | default dict) (dict "app" (include "aidaptivcache.deployment" .)) | toYaml -}}
{{- end }}

{{/* A scalar as text; Go would print the integer 1048576 of a values file as 1.048576e+06. */}}
{{- define "aidaptivcache.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end }}

{{/* Escapes a script, because Kubernetes expands $(NAME) and $$ in a command. Takes the script. */}}
{{- define "aidaptivcache.verbatim" -}}
{{- replace "$" "$$" . -}}
{{- end }}

{{/* The names under which the server may list the model, as a JSON list, most likely first. */}}
{{- define "aidaptivcache.acceptedNames" -}}
{{- $model := .Values.vllm.args.model -}}
{{- $guesses := list $model (trimSuffix "/" $model) (base $model) -}}
{{- with .Values.tests.modelName | default .Values.vllm.servedModelName }}{{ $guesses = list . }}{{ end -}}
{{- $guesses | uniq | toJson -}}
{{- end }}

{{/* Resources without nulls, which unset a default. Takes the map of resources, or null. */}}
{{- define "aidaptivcache.resources" -}}
{{- range $kind := list "limits" "requests" }}
{{- $kept := dict }}
{{- range $name, $quantity := index ($ | default dict) $kind }}
{{- if not (kindIs "invalid" $quantity) }}{{ $_ := set $kept $name $quantity }}{{ end }}
{{- end }}
{{- with $kept }}
{{ $kind }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with (. | default dict).claims }}
claims: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
