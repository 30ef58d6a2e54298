{{/*
vllm.args as JSON, with each key in one spelling. The other spelling of a key wins if it is set, even to 0 or false:
values.yaml does not contain it, so the user set it.
*/}}
{{- define "aidaptivcache.engine" -}}
{{- $args := deepCopy .Values.vllm.args -}}
{{- range $key, $other := dict
  "dramKvOffloadGb" "dramKVOffloadGb"
  "ssdKvOffloadGb" "ssdKVOffloadGb"
  "noResumeKvCache" "noResumeKVCache"
  "resumeKvCache" "resumeKVCache"
  "cleanObsoleteKvCache" "cleanObsoleteKVCache"
  "disableKVCache" "disableKvCache"
}}
{{- if not (kindIs "invalid" (index $args $other)) }}{{ $_ := set $args $key (index $args $other) }}{{ end }}
{{- end -}}
{{- toJson $args -}}
{{- end }}

{{/* The arguments of the server's script. The last occurrence of a flag wins, so the user's arguments come last. */}}
{{- define "aidaptivcache.args" -}}
{{- with include "aidaptivcache.engine" . | fromJson }}
{{- range list
  (list "--model" .model)
  (list "--nvme_path" .nvmePath)
  (list "--port" .port)
  (list "--gpu-memory-utilization" .gpuMemoryUtilization)
  (list "--max-model-len" .maxModelLen)
  (list "--tensor-parallel-size" .tensorParallelSize)
  (list "--dram-kv-offload-gb" .dramKvOffloadGb)
  (list "--ssd-kv-offload-gb" .ssdKvOffloadGb)
}}
{{- if not (kindIs "invalid" (last .)) }}
- {{ first . | quote }}
- {{ include "aidaptivcache.text" (last .) | quote }}
{{- end }}
{{- end }}
{{- range list
  (list "--no-resume-kv-cache" (and .noResumeKvCache (not .resumeKvCache)))
  (list "--disable-gpu-reuse" .disableGpuReuse)
  (list "--enable-chunked-prefill" .enableChunkedPrefill)
  (list "--disable-long-token" .disableLongToken)
  (list "--resume-kv-cache" .resumeKvCache)
  (list "--clean-obsolete-kv-cache" .cleanObsoleteKvCache)
  (list "--enable-prefix-caching" .enablePrefixCaching)
  (list "--enforce-eager" .enforceEager)
  (list "--disable_kv_cache_offload" .disableKVCache)
}}
{{- if last . }}
- {{ first . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.vllm }}
{{- if .lora.enable }}
- "--enable-lora"
{{- with include "aidaptivcache.loraModules" .lora | fromJsonArray }}
- "--lora-modules"
{{- range . }}
- {{ . | quote }}
{{- end }}
{{- end }}
{{- with .lora.maxRank }}
- "--max-lora-rank"
- {{ int64 . | quote }}
{{- end }}
{{- end }}
{{- with .servedModelName }}
- "--served-model-name"
- {{ . | quote }}
{{- end }}
{{- range .extraArgs }}
- {{ include "aidaptivcache.text" . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* The adapters as a JSON list. A string is split at whitespace, as in a shell, unless it is JSON. Takes .Values.vllm.lora. */}}
{{- define "aidaptivcache.loraModules" -}}
{{- $modules := .modules | default list -}}
{{- if not (kindIs "string" $modules) -}}
{{- toJson $modules -}}
{{- else if hasPrefix "{" (trim $modules) -}}
{{- list $modules | toJson -}}
{{- else -}}
{{- regexFindAll "\\S+" $modules -1 | toJson -}}
{{- end -}}
{{- end }}
