{{/*
The environment of a server as a YAML list. Takes the root, a pattern of the chart's variables this role does not get,
and its own variables, which nobody replaces. Otherwise a name of the user's replaces the chart's, and the user's own
earlier one: a name that stands twice is refused by server-side apply.
*/}}
{{- define "nim-llm.env" -}}
{{- $chart := include "nim-llm.chartEnv" .root | fromYamlArray -}}
{{- if .root.Values.multiNode.enabled }}{{ $chart = concat (include "nim-llm.clusterEnv" .root | fromYamlArray) $chart }}{{ end -}}
{{- $own := .own | fromYamlArray -}}
{{- $last := dict -}}
{{- range $index, $variable := .root.Values.env }}{{ $_ := set $last .name $index }}{{ end -}}
{{- range $own }}{{ $_ := set $last .name -1 }}{{ end -}}
{{- $merged := list -}}
{{- range $chart }}
{{- if not (or (hasKey $last .name) (regexMatch $.omit .name)) }}{{ $merged = append $merged . }}{{ end }}
{{- end -}}
{{- range $index, $variable := .root.Values.env }}
{{- if eq $index (get $last .name) }}{{ $merged = append $merged (include "nim-llm.withoutNulls" . | fromYaml) }}{{ end }}
{{- end -}}
{{- concat $merged $own | toYaml -}}
{{- end }}

{{- define "nim-llm.chartEnv" -}}
{{- $model := .Values.model -}}
- name: NIM_CACHE_PATH
  value: {{ $model.nimCache | quote }}
{{- with $model.ngcAPISecret }}
- name: NGC_API_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: {{ empty $model.ngcAPIKey | ternary ($model.ngcAPISecretKey | default "NGC_API_KEY") "NGC_API_KEY" | quote }}
{{- end }}
{{- with $model.hfTokenSecret }}
- name: HF_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: {{ $model.hfTokenSecretKey | default "HF_TOKEN" | quote }}
{{- end }}
- name: OUTLINES_CACHE_DIR
  value: /tmp/outlines
- name: NIM_SERVER_PORT
  value: {{ include "nim-llm.openaiPort" . | quote }}
- name: NIM_JSONL_LOGGING
  value: {{ empty $model.jsonLogging | ternary "0" "1" | quote }}
- name: NIM_LOG_LEVEL
  value: {{ include "nim-llm.logLevel" . }}
{{- if .Values.proxyCA.enabled }}
- name: SSL_CERT_FILE
  value: /opt/nim/proxy-ca
{{- end }}
{{- if .Values.lora.repositories }}
- name: NIM_PEFT_SOURCE
  value: {{ include "nim-llm.loraSource" . | quote }}
{{- end }}
{{- end }}

{{- define "nim-llm.logLevel" -}}
{{- .Values.model.logLevel | default "INFO" | upper -}}
{{- end }}

{{/* What a group of pods gets besides. The engines below a NIM know fewer log levels than the NIM. */}}
{{- define "nim-llm.clusterEnv" -}}
{{- $level := include "nim-llm.logLevel" . -}}
{{- $logging := printf "/etc/nim/config/python_%s_logging_config.json" (empty .Values.model.jsonLogging | ternary "readable" "jsonl") -}}
- name: OMPI_MCA_orte_keep_fqdn_hostnames
  value: "true"
- name: OMPI_MCA_plm_rsh_args
  value: "-o ConnectionAttempts=20"
- name: VLLM_CONFIGURE_LOGGING
  value: "1"
- name: TLLM_LOG_LEVEL
  value: {{ get (dict "DEFAULT" "ERROR" "CRITICAL" "ERROR") $level | default $level }}
- name: VLLM_NVEXT_LOG_LEVEL
  value: {{ get (dict "DEFAULT" "INFO" "TRACE" "DEBUG") $level | default $level }}
- name: UVICORN_LOG_LEVEL
  value: {{ eq $level "DEFAULT" | ternary "info" (lower $level) }}
- name: VLLM_LOGGING_CONFIG_PATH
  value: {{ $logging }}
- name: VLLM_NVEXT_LOGGING_CONFIG_PATH
  value: {{ $logging }}
- name: NGC_HOME
  value: {{ printf "%s/ngc/hub" (trimSuffix "/" .Values.model.nimCache) | quote }}
- name: HF_HOME
  value: {{ printf "%s/huggingface/hub" (trimSuffix "/" .Values.model.nimCache) | quote }}
- name: NUMBA_CACHE_DIR
  value: /tmp/numba
- name: NIM_NUM_COMPUTE_NODES
  value: {{ int64 .Values.multiNode.workers | quote }}
- name: CLUSTER_START_TIMEOUT
  value: {{ int64 .Values.multiNode.clusterStartTimeout | quote }}
{{- end }}
