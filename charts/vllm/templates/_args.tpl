{{/*
The arguments of `vllm serve`. A flag that takes a list consumes every argument up to the next flag, so these flags come
between the model and --host. The last occurrence of a flag wins, so the user's arguments come last.
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
{{- /* The engine's own default is not passed: it would defeat -O0 and --enforce-eager in additionalArgs. */}}
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

{{/*
An adapter as name=path, or as JSON if it has a base model or if the engine would split name=path at the wrong place.
Takes an item of vllm.lora.modules.
*/}}
{{- define "vllm.loraModule" -}}
{{- if or .baseModelName (regexMatch "[,=]" (print .name .path)) -}}
{{- $module := dict "name" .name "path" .path -}}
{{- with .baseModelName }}{{ $_ := set $module "base_model_name" . }}{{ end -}}
{{- toRawJson $module -}}
{{- else -}}
{{- .name }}={{ .path -}}
{{- end -}}
{{- end }}
