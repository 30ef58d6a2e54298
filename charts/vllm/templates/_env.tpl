{{- define "vllm.chartEnv" -}}
{{- $cache := trimSuffix "/" .Values.persistence.mountPath -}}
- name: HF_HOME
  value: {{ printf "%s/huggingface" $cache | quote }}
- name: VLLM_CACHE_ROOT
  value: {{ printf "%s/vllm" $cache | quote }}
- name: TRITON_CACHE_DIR
  value: {{ printf "%s/triton" $cache | quote }}
{{- if .Values.slowStart.enabled }}
- name: VLLM_ENGINE_READY_TIMEOUT_S
  value: {{ int64 .Values.slowStart.maxStartupSeconds | quote }}
{{- end }}
{{- if include "vllm.downloadsModel" . }}
- name: HF_HUB_OFFLINE
  value: "1"
{{- end }}
{{- range $name, $secret := dict "HF_TOKEN" .Values.huggingfaceToken "VLLM_API_KEY" .Values.apiKey }}
{{- if or $secret.existingSecret $secret.value }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      {{- if $secret.existingSecret }}
      name: {{ $secret.existingSecret }}
      key: {{ $secret.key }}
      {{- else }}
      name: {{ include "vllm.fullname" $ }}-secrets
      key: {{ $name }}
      {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The server's environment: the chart's variables, then vllm.env, which replaces variables of the same name. */}}
{{- define "vllm.env" -}}
{{- $given := list -}}
{{- range .Values.vllm.env }}{{ $given = append $given .name }}{{ end -}}
{{- range include "vllm.chartEnv" . | fromYamlArray }}
{{- if not (has .name $given) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{- range .Values.vllm.env }}
- name: {{ .name | quote }}
  {{- if hasKey . "value" }}
  value: {{ include "vllm.text" .value | quote }}
  {{- else }}
  valueFrom: {{- toYaml .valueFrom | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
