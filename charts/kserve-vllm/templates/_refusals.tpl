{{/* What the upstream chart refuses too, and what KServe refuses at admission whatever else is set. */}}
{{- define "kserve-vllm.refusals" -}}
{{- $multiNode := include "kserve-vllm.multiNode" . -}}
{{- $mode := include "kserve-vllm.mode" . -}}
{{- with .Values.model -}}
{{- if eq (lower .mode) "uri" -}}
{{- if not .uri }}{{ fail "model.uri is empty: say where the model is, or set model.mode to s3" }}{{ end -}}
{{- else -}}
{{- if not (and .s3.key .s3.path) }}{{ fail "model.mode s3 needs model.s3.key and model.s3.path" }}{{ end -}}
{{- if $multiNode }}{{ fail "multiNode loads the model from pvc:// or oci://, not from model.mode s3" }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and $multiNode (eq $mode "Serverless") -}}
{{- fail "servingTopology multiNode needs deploymentMode RawDeployment" -}}
{{- end -}}
{{- $metric := .Values.scaling.scaleMetric -}}
{{- if and (eq $mode "RawDeployment") (has $metric (list "concurrency" "rps")) -}}
{{- fail (printf "scaling.scaleMetric %s needs deploymentMode Serverless; RawDeployment scales on cpu or memory" $metric) -}}
{{- end -}}
{{- $name := include "kserve-vllm.serviceName" . -}}
{{- if not (regexMatch "^[a-z]" $name) -}}
{{- fail (printf "the InferenceService %s would begin with a digit: set inferenceService.name" $name) -}}
{{- end -}}
{{- end }}
