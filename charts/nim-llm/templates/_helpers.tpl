{{- define "nim-llm.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "nim-llm.fullname" -}}
{{- $name := include "nim-llm.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* The controller puts `<name>-<10 characters>` into a label of the pods, whose value is limited to 63 characters. */}}
{{- define "nim-llm.statefulSetName" -}}
{{- include "nim-llm.fullname" . | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{/* LeaderWorkerSet creates a StatefulSet `<name>-<group>` for the workers of each group, so this name is shorter. */}}
{{- define "nim-llm.groupName" -}}
{{- printf "mn-%s" (include "nim-llm.fullname" .) | trunc 49 | trimSuffix "-" -}}
{{- end }}

{{- define "nim-llm.serviceName" -}}
{{- .Values.service.name | default (include "nim-llm.fullname" .) -}}
{{- end }}

{{- define "nim-llm.headlessServiceName" -}}
{{- printf "%s-sts" (include "nim-llm.serviceName" . | trunc 59 | trimSuffix "-") -}}
{{- end }}

{{- define "nim-llm.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "nim-llm.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{- define "nim-llm.selectorLabels" -}}
app.kubernetes.io/name: {{ include "nim-llm.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "nim-llm.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "nim-llm.labels" -}}
{{ include "nim-llm.selectorLabels" . }}
{{ include "nim-llm.commonLabels" . }}
{{- end }}

{{/* Labels as YAML; the chart's replace the user's. Args: chart (YAML text), user (a map, or null). */}}
{{- define "nim-llm.mergedLabels" -}}
{{- with merge (fromYaml .chart) (.user | default dict) }}{{ toYaml . }}{{ end -}}
{{- end }}

{{- define "nim-llm.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end }}

{{/* The port the NIM listens on: in its environment, as container port, and in the command of pre-1.0 images. */}}
{{- define "nim-llm.openaiPort" -}}
{{- .Values.model.openai_port | default .Values.model.openaiPort | int64 -}}
{{- end }}

{{- define "nim-llm.servicePort" -}}
{{- .Values.service.openai_port | default .Values.service.openaiPort | int64 -}}
{{- end }}

{{/* A scalar as text; Go would print the integer 1048576 of a values file as 1.048576e+06. */}}
{{- define "nim-llm.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end }}

{{/* A map as YAML without its nulls, which unset a default; nothing if nothing is left. Takes the map. */}}
{{- define "nim-llm.withoutNulls" -}}
{{- $kept := dict -}}
{{- range $key, $value := . -}}
{{- if not (kindIs "invalid" $value) }}{{ $_ := set $kept $key $value }}{{ end -}}
{{- end -}}
{{- with $kept }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* Resources without nulls and empty maps. Takes the map of resources. */}}
{{- define "nim-llm.resources" -}}
{{- $kept := dict -}}
{{- range $kind, $quantities := . -}}
{{- if eq $kind "claims" -}}
{{- with $quantities }}{{ $_ := set $kept $kind . }}{{ end -}}
{{- else -}}
{{- with include "nim-llm.withoutNulls" $quantities }}{{ $_ := set $kept $kind (fromYaml .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- with $kept }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* A map of names to volumes or mounts as the list that Kubernetes takes. Takes the map, or such a list. */}}
{{- define "nim-llm.namedList" -}}
{{- $list := list -}}
{{- if kindIs "map" . -}}
{{- range $name, $body := . }}{{ $list = append $list (merge (dict "name" $name) $body) }}{{ end -}}
{{- else -}}
{{- $list = . -}}
{{- end -}}
{{- with $list }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* "true" if the values make the containers run as root. */}}
{{- define "nim-llm.runsAsRoot" -}}
{{- $user := (.Values.podSecurityContext | default dict).runAsUser -}}
{{- $container := .Values.containerSecurityContext | default dict -}}
{{- if not (kindIs "invalid" $container.runAsUser) }}{{ $user = $container.runAsUser }}{{ end -}}
{{- if eq (toString $user) "0" }}true{{ end -}}
{{- end }}

{{/* The number of replicas, unless an autoscaler sets it: every upgrade would reset that number. */}}
{{- define "nim-llm.replicas" -}}
{{- if not (or .Values.autoscaling.enabled (kindIs "invalid" .Values.replicaCount)) -}}
replicas: {{ int64 .Values.replicaCount }}
{{- end -}}
{{- end }}

{{/* The object that runs the pods, as YAML; the first one if there are several. */}}
{{- define "nim-llm.workload" -}}
{{- if and .Values.multiNode.enabled .Values.multiNode.leaderWorkerSet.enabled -}}
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
name: {{ include "nim-llm.groupName" . }}
{{- else if .Values.multiNode.enabled -}}
apiVersion: kubeflow.org/v2beta1
kind: MPIJob
name: {{ include "nim-llm.groupName" . }}-0
{{- else if .Values.statefulSet.enabled -}}
apiVersion: apps/v1
kind: StatefulSet
name: {{ include "nim-llm.statefulSetName" . }}
{{- else -}}
apiVersion: apps/v1
kind: Deployment
name: {{ include "nim-llm.fullname" . }}
{{- end -}}
{{- end }}
