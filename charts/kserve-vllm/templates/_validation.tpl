{{/* Rejects values that the upstream chart rejects too, and values that KServe always rejects at admission. */}}
{{- define "kserve-vllm.validateValues" -}}
{{- $multiNode := include "kserve-vllm.multiNode" . -}}
{{- $mode := include "kserve-vllm.mode" . -}}
{{- with .Values.model -}}
{{- if eq (lower .mode) "uri" -}}
{{- if not .uri }}{{ fail "model.uri is empty: set it to the location of the model, or set model.mode to s3" }}{{ end -}}
{{- else -}}
{{- if not (and .s3.key .s3.path) }}{{ fail "model.mode s3 needs model.s3.key and model.s3.path" }}{{ end -}}
{{- if $multiNode }}{{ fail "servingTopology multiNode does not support model.mode s3: use a pvc:// or oci:// URI" }}{{ end -}}
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
{{- fail (printf "the name of the InferenceService, %s, must start with a letter: set inferenceService.name" $name) -}}
{{- end -}}
{{- end }}
