{{- define "aidaptivcache.chartEnv" -}}
- name: k8s
  value: "true"
- name: NCCL_P2P_DISABLE
  value: "1"
- name: NCCL_IB_DISABLE
  value: "1"
{{- with .Values.vllm.env }}
{{- range list
  (list "VLLM_USE_V1" .vllmUseV1)
  (list "VLLM_WORKER_MULTIPROC_METHOD" .vllmWorkerMultiprocMethod)
  (list "TIKTOKEN_ENCODINGS_BASE" (.tiktokenEncodingsBase | default nil))
}}
{{- if not (kindIs "invalid" (last .)) }}
- name: {{ first . }}
  value: {{ include "aidaptivcache.text" (last .) | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The server's environment: the chart's variables, then vllm.extraEnv, which replaces variables of the same name. */}}
{{- define "aidaptivcache.env" -}}
{{- $given := list -}}
{{- range .Values.vllm.extraEnv }}{{ $given = append $given .name }}{{ end -}}
{{- range include "aidaptivcache.chartEnv" . | fromYamlArray }}
{{- if not (has .name $given) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{- range .Values.vllm.extraEnv }}
- name: {{ .name | quote }}
  {{- if hasKey . "value" }}
  value: {{ include "aidaptivcache.text" .value | quote }}
  {{- else }}
  valueFrom: {{- toYaml .valueFrom | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
