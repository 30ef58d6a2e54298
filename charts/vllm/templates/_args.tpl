{{/*
The words after `vllm serve`. A list flag takes every word up to the next flag, so the lists stand between the model
and --host. The last occurrence of a flag wins, so the user's own words come last.
*/}}
{{- define "vllm.args" -}}
{{- with .Values.vllm -}}
- {{ .model | quote }}
{{- if .servedModelName }}
- "--served-model-name"
{{- range include "vllm.servedNames" $ | fromJsonArray }}
- {{ . | quote }}
{{- end }}
{{- end }}
{{- if and .lora.enabled .lora.modules }}
- "--lora-modules"
{{- range .lora.modules }}
- {{ include "vllm.loraModule" . | quote }}
{{- end }}
{{- end }}
- {{ printf "--host=%s" .host | quote }}
- {{ printf "--port=%d" (int64 .port) | quote }}
{{- if not (kindIs "invalid" .gpuMemoryUtilization) }}
- {{ printf "--gpu-memory-utilization=%s" (include "vllm.text" .gpuMemoryUtilization) | quote }}
{{- end }}
{{- if not (kindIs "invalid" .maxModelLen) }}
- {{ printf "--max-model-len=%s" (include "vllm.text" .maxModelLen) | quote }}
{{- end }}
{{- if gt (int64 .tensorParallelSize) 1 }}
- {{ printf "--tensor-parallel-size=%d" (int64 .tensorParallelSize) | quote }}
{{- end }}
{{- with .revision }}
- {{ printf "--revision=%s" . | quote }}
{{- end }}
{{- if .trustRemoteCode }}
- "--trust-remote-code"
{{- end }}
{{- if not (kindIs "invalid" .asyncScheduling) }}
{{- if .asyncScheduling }}
- "--async-scheduling"
{{- else }}
- "--no-async-scheduling"
{{- end }}
{{- end }}
{{- /* Leaving out the engine's own default keeps -O0 and --enforce-eager in additionalArgs meaningful. */}}
{{- if not (has .cudaGraphMode (list nil "" "FULL_AND_PIECEWISE")) }}
- {{ printf "--compilation-config=%s" (dict "cudagraph_mode" .cudaGraphMode | toJson) | quote }}
{{- end }}
{{- if .lora.enabled }}
- "--enable-lora"
{{- with .lora.maxLoras }}
- {{ printf "--max-loras=%d" (int64 .) | quote }}
{{- end }}
{{- with .lora.maxLoraRank }}
- {{ printf "--max-lora-rank=%d" (int64 .) | quote }}
{{- end }}
{{- with .lora.maxCpuLoras }}
- {{ printf "--max-cpu-loras=%d" (int64 .) | quote }}
{{- end }}
{{- end }}
{{- range .additionalArgs }}
- {{ include "vllm.text" . | quote }}
{{- end }}
{{- end -}}
{{- end }}

{{/* name=path, or JSON where the engine would split that wrongly. */}}
{{- define "vllm.loraModule" -}}
{{- if or .baseModelName (regexMatch "[,=]" (print .name .path)) -}}
{{- $module := dict "name" .name "path" .path -}}
{{- with .baseModelName }}{{ $_ := set $module "base_model_name" . }}{{ end -}}
{{- toRawJson $module -}}
{{- else -}}
{{- .name }}={{ .path -}}
{{- end -}}
{{- end }}
