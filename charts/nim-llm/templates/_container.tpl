{{/* Fields of every container that runs the NIM image. */}}
{{- define "nim-llm.container" -}}
image: {{ include "nim-llm.image" . | quote }}
{{- with .Values.image.pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- with include "nim-llm.withoutNulls" .Values.containerSecurityContext }}
securityContext:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "nim-llm.resourcesField" -}}
{{- with include "nim-llm.resources" .Values.resources -}}
resources:
  {{- . | nindent 2 }}
{{- end -}}
{{- end }}

{{/*
Pre-1.0 images have four more ports. By default several of these have the same number, and only the first one is listed.
*/}}
{{- define "nim-llm.ports" -}}
{{- $model := .Values.model -}}
{{- $ports := list (list "http-openai" (include "nim-llm.openaiPort" .)) -}}
{{- if $model.legacyCompat }}{{ $ports = concat $ports (list (list "health" .Values.healthPort) (list "http" 8000)) }}{{ end -}}
{{- if .Values.service.grpc_port }}{{ $ports = append $ports (list "grpc" 8001) }}{{ end -}}
{{- if and $model.legacyCompat .Values.metrics.enabled }}{{ $ports = append $ports (list "metrics" 8002) }}{{ end -}}
{{- with $model.nemo_port | default $model.nemoPort }}{{ $ports = append $ports (list "http-nemo" .) }}{{ end -}}
{{- $seen := list -}}
{{- range $ports }}
{{- $number := last . | int64 }}
{{- if not (has $number $seen) }}
- name: {{ first . }}
  containerPort: {{ $number }}
  protocol: TCP
{{- end }}
{{- $seen = append $seen $number }}
{{- end }}
{{- end }}

{{- define "nim-llm.probes" -}}
{{- range $name := list "startupProbe" "livenessProbe" "readinessProbe" }}
{{- with index $.Values $name }}
{{- if .enabled }}
{{ $name }}:
  {{- if eq (.method | default "http") "script" }}
  exec:
    command:
      {{- toYaml (.command | default list) | nindent 6 }}
  {{- else }}
  httpGet:
    {{- with .path }}
    path: {{ . | quote }}
    {{- end }}
    port: {{ if $.Values.model.legacyCompat }}{{ int64 $.Values.healthPort }}{{ else }}http-openai{{ end }}
  {{- end }}
  {{- with include "nim-llm.withoutNulls" (omit . "enabled" "method" "path" "command") }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The command of a pre-1.0 image. Options without a value are left to the image. */}}
{{- define "nim-llm.legacyCommand" -}}
{{- $model := .Values.model -}}
{{- $command := list "nemollm_inference_ms" "--model_name" $model.name "--num_gpus" (int64 $model.numGpus) -}}
{{- $options := list
  (list "--nemo_port" $model.nemo_port)
  (list "--openai_port" (include "nim-llm.openaiPort" .))
  (list "--host" $model.openai_host)
  (list "--health_port" .Values.healthPort)
  (list "--num_workers" $model.numWorkers)
  (list "--log_level" (include "nim-llm.logLevel" .))
  (list "--triton_url" $model.tritonURL)
  (list "--triton_model_name" $model.tritonModelName)
  (list "--trt_model_name" $model.trtModelName)
  (list "--customization_source" $model.customizationSource)
  (list "--data_store_url" $model.dataStoreURL)
  (list "--model_store_path" $model.modelStorePath) -}}
{{- range $options }}{{ if last . }}{{ $command = concat $command . }}{{ end }}{{ end -}}
{{- range $command }}
- {{ include "nim-llm.text" . | toYaml }}
{{- end }}
{{- end }}
