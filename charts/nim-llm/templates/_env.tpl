{{/* The environment of a server in a StatefulSet or Deployment. */}}
{{- define "nim-llm.env" -}}
{{- include "nim-llm.mergedEnv" (dict "env" (include "nim-llm.chartEnv" .) "more" (include "nim-llm.userEnv" .)) -}}
{{- end }}

{{/*
Two lists of variables as one. A variable of the second list replaces the one of the same name in the first. Args: env,
more (both YAML lists).
*/}}
{{- define "nim-llm.mergedEnv" -}}
{{- $more := .more | fromYamlArray -}}
{{- $names := list -}}
{{- range $more }}{{ $names = append $names .name }}{{ end -}}
{{- $merged := list -}}
{{- range .env | fromYamlArray }}
{{- if not (has .name $names) }}{{ $merged = append $merged . }}{{ end }}
{{- end -}}
{{- concat $merged $more | toYaml -}}
{{- end }}

{{/* The user's variables without nulls. Of a repeated name only the last one stays: server-side apply rejects duplicates. */}}
{{- define "nim-llm.userEnv" -}}
{{- $last := dict -}}
{{- range $index, $variable := .Values.env }}{{ $_ := set $last $variable.name $index }}{{ end -}}
{{- $kept := list -}}
{{- range $index, $variable := .Values.env }}
{{- if eq $index (get $last $variable.name) }}
{{- $kept = append $kept (include "nim-llm.withoutNulls" $variable | fromYaml) }}
{{- end }}
{{- end -}}
{{- toYaml $kept -}}
{{- end }}

{{- define "nim-llm.chartEnv" -}}
{{ include "nim-llm.downloadEnv" . }}
- name: OUTLINES_CACHE_DIR
  value: /tmp/outlines
{{ include "nim-llm.serverEnv" . }}
{{- end }}

{{/* Where models are cached, and the keys to download them with. */}}
{{- define "nim-llm.downloadEnv" -}}
{{- $model := .Values.model -}}
- name: NIM_CACHE_PATH
  value: {{ $model.nimCache | quote }}
{{- with $model.ngcAPISecret }}
- name: NGC_API_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      {{- if $model.ngcAPIKey }}
      # The key in the Secret that the chart creates.
      key: NGC_API_KEY
      {{- else }}
      key: {{ $model.ngcAPISecretKey | default "NGC_API_KEY" | quote }}
      {{- end }}
{{- end }}
{{- with $model.hfTokenSecret }}
- name: HF_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: {{ $model.hfTokenSecretKey | default "HF_TOKEN" | quote }}
{{- end }}
{{- end }}

{{- define "nim-llm.serverEnv" -}}
- name: NIM_SERVER_PORT
  value: {{ include "nim-llm.openaiPort" . | quote }}
- name: NIM_JSONL_LOGGING
  {{- if .Values.model.jsonLogging }}
  value: "1"
  {{- else }}
  value: "0"
  {{- end }}
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
