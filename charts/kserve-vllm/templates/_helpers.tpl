{{- define "kserve-vllm.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "kserve-vllm.fullname" -}}
{{- $name := include "kserve-vllm.name" . -}}
{{- $release := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $release | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* KServe puts `isvc.<name>-predictor[-worker]` into labels, which hold 63 characters. */}}
{{- define "kserve-vllm.serviceName" -}}
{{- $longest := empty (include "kserve-vllm.multiNode" .) | ternary 48 41 -}}
{{- $short := include "kserve-vllm.fullname" . | trunc $longest | replace "." "-" | trimAll "-" -}}
{{- .Values.inferenceService.name | default $short -}}
{{- end }}

{{/* OpenShift AI up to 2.22 knows only this name of a multi-node runtime; a runtime cannot lose its workers, so one node has another. */}}
{{- define "kserve-vllm.runtimeName" -}}
{{- $name := include "kserve-vllm.fullname" . -}}
{{- if include "kserve-vllm.multiNode" . -}}
{{- $name = include "kserve-vllm.onOpenShiftAI" . | empty | ternary (printf "%s-multinode" $name) "vllm-multinode-runtime" -}}
{{- end -}}
{{- .Values.servingRuntime.useExisting | default .Values.servingRuntime.name | default $name -}}
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

{{/* KServe before 0.16 takes only these names, later ones take both. */}}
{{- define "kserve-vllm.mode" -}}
{{- has .Values.deploymentMode (list "Serverless" "Knative") | ternary "Serverless" "RawDeployment" -}}
{{- end }}

{{- define "kserve-vllm.multiNode" -}}
{{- if eq .Values.servingTopology "multiNode" }}true{{ end -}}
{{- end }}

{{- define "kserve-vllm.onOpenShiftAI" -}}
{{- $versions := .Capabilities.APIVersions -}}
{{- $found := or ($versions.Has "datasciencecluster.opendatahub.io/v1") ($versions.Has "datasciencecluster.opendatahub.io/v2") -}}
{{- if eq .Values.multiNode.platform "openshift-ai" | or (and $found (eq .Values.multiNode.platform "auto")) }}true{{ end -}}
{{- end }}

{{- define "kserve-vllm.image" -}}
{{- with .Values.image -}}
{{- .image }}{{ hasPrefix "sha256:" .tag | ternary "@" ":" }}{{ .tag -}}
{{- end -}}
{{- end }}

{{/* The name under which clients ask for the model. */}}
{{- define "kserve-vllm.servedName" -}}
{{- .Values.model.modelNameOverride | default (include "kserve-vllm.serviceName" .) -}}
{{- end }}

{{/* The kind of accelerator by the limits: the name of its resource, or nothing. */}}
{{- define "kserve-vllm.accelerator" -}}
{{- range $name, $quantity := (.Values.resources | default dict).limits -}}
{{- if and (regexMatch "^(nvidia.com|amd.com|habana.ai)/" $name) (not (has (toString $quantity) (list "<nil>" "0"))) }}{{ $name }} {{ end -}}
{{- end -}}
{{- end }}

{{/* Quantities without nulls, as text: Go would print the integer 1048576 of a values file as 1.048576e+06. */}}
{{- define "kserve-vllm.resources" -}}
{{- range $kind := list "limits" "requests" }}
{{- $kept := dict }}
{{- range $name, $quantity := index ($.Values.resources | default dict) $kind }}
{{- if not (kindIs "invalid" $quantity) }}{{ $_ := set $kept $name (kindIs "string" $quantity | ternary $quantity (toJson $quantity)) }}{{ end }}
{{- end }}
{{- with $kept }}
{{ $kind }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where the pods may run, and with which pull secrets. */}}
{{- define "kserve-vllm.placement" -}}
{{- range $key := list "imagePullSecrets" "nodeSelector" "affinity" "tolerations" }}
{{- with index $.Values $key }}
{{ $key }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
