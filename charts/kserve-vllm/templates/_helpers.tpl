{{- define "kserve-vllm.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "kserve-vllm.fullname" -}}
{{- $name := include "kserve-vllm.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* KServe puts `isvc.<name>-predictor[-worker]` into labels, whose values are limited to 63 characters. */}}
{{- define "kserve-vllm.serviceName" -}}
{{- $longest := 48 -}}
{{- if include "kserve-vllm.multiNode" . }}{{ $longest = 41 }}{{ end -}}
{{- $short := include "kserve-vllm.fullname" . | trunc $longest | replace "." "-" | trimAll "-" -}}
{{- .Values.inferenceService.name | default $short -}}
{{- end }}

{{/*
KServe does not let a runtime lose its workers, so single-node and multi-node runtimes have different names. OpenShift AI
up to 2.22 accepts only one name for a multi-node runtime.
*/}}
{{- define "kserve-vllm.runtimeName" -}}
{{- if .Values.servingRuntime.useExisting -}}
{{- .Values.servingRuntime.useExisting -}}
{{- else if .Values.servingRuntime.name -}}
{{- .Values.servingRuntime.name -}}
{{- else if not (include "kserve-vllm.multiNode" .) -}}
{{- include "kserve-vllm.fullname" . -}}
{{- else if include "kserve-vllm.onOpenShiftAI" . -}}
vllm-multinode-runtime
{{- else -}}
{{- include "kserve-vllm.fullname" . }}-multinode
{{- end -}}
{{- end }}

{{- define "kserve-vllm.ownLabels" -}}
app.kubernetes.io/name: {{ include "kserve-vllm.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kserve-vllm.chartLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "kserve-vllm.labels" -}}
{{ include "kserve-vllm.ownLabels" . }}
{{ include "kserve-vllm.chartLabels" . }}
{{- end }}

{{/* KServe before 0.16 accepts only these names of the modes. Later releases accept Knative and Standard too. */}}
{{- define "kserve-vllm.mode" -}}
{{- if has .Values.deploymentMode (list "Serverless" "Knative") -}}
Serverless
{{- else -}}
RawDeployment
{{- end -}}
{{- end }}

{{- define "kserve-vllm.multiNode" -}}
{{- if eq .Values.servingTopology "multiNode" }}true{{ end -}}
{{- end }}

{{- define "kserve-vllm.onOpenShiftAI" -}}
{{- $versions := .Capabilities.APIVersions -}}
{{- if eq .Values.multiNode.platform "openshift-ai" -}}
true
{{- else if eq .Values.multiNode.platform "auto" -}}
{{- if or ($versions.Has "datasciencecluster.opendatahub.io/v1") ($versions.Has "datasciencecluster.opendatahub.io/v2") -}}
true
{{- end -}}
{{- end -}}
{{- end }}

{{- define "kserve-vllm.image" -}}
{{- with .Values.image -}}
{{- if hasPrefix "sha256:" .tag }}{{ .image }}@{{ .tag }}{{ else }}{{ .image }}:{{ .tag }}{{ end -}}
{{- end -}}
{{- end }}

{{/* The model name that clients use. */}}
{{- define "kserve-vllm.servedName" -}}
{{- .Values.model.modelNameOverride | default (include "kserve-vllm.serviceName" .) -}}
{{- end }}

{{/* The resource name of the accelerator in the limits, the first one in alphabetical order; nothing if there is none. */}}
{{- define "kserve-vllm.accelerator" -}}
{{- $names := list -}}
{{- range $name, $quantity := (.Values.resources | default dict).limits -}}
{{- $unset := has (toString $quantity) (list "<nil>" "0") -}}
{{- if and (regexMatch "^(nvidia.com|amd.com|habana.ai)/" $name) (not $unset) }}{{ $names = append $names $name }}{{ end -}}
{{- end -}}
{{- with $names }}{{ first . }}{{ end -}}
{{- end }}

{{/* A scalar as text; Go would print the integer 1048576 of a values file as 1.048576e+06. */}}
{{- define "kserve-vllm.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end }}

{{/* Resources without nulls, which unset a default. */}}
{{- define "kserve-vllm.resources" -}}
{{- range $kind := list "limits" "requests" }}
{{- $kept := dict }}
{{- range $name, $quantity := index ($.Values.resources | default dict) $kind }}
{{- if not (kindIs "invalid" $quantity) }}{{ $_ := set $kept $name (include "kserve-vllm.text" $quantity) }}{{ end }}
{{- end }}
{{- with $kept }}
{{ $kind }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* Pull secrets of the pods, and where the pods may run. */}}
{{- define "kserve-vllm.placement" -}}
{{- range $key := list "imagePullSecrets" "nodeSelector" "affinity" "tolerations" }}
{{- with index $.Values $key }}
{{ $key }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
