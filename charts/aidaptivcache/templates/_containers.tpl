{{/*
args starts with a name because `sh -c` takes the first argument after the script as $0. The others reach the server as
"$@", so the shell does not interpret them.
*/}}
{{- define "aidaptivcache.serverContainer" -}}
- name: vllm-api
  image: {{ printf "%s:%s" .Values.image.repository .Values.image.tag | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  workingDir: {{ .Values.vllm.workingDir | quote }}
  command:
    - /bin/sh
    - "-c"
    - |
      {{- include "aidaptivcache.serverScript" . | trim | nindent 6 }}
  args:
    - "vllm-api"
    {{- include "aidaptivcache.args" . | trim | nindent 4 }}
  env:
    {{- include "aidaptivcache.env" . | trim | nindent 4 }}
  ports:
    - name: http
      containerPort: {{ int64 .Values.vllm.args.port }}
      protocol: TCP
  {{- range $kind := list "startupProbe" "livenessProbe" "readinessProbe" }}
  {{- with index $.Values $kind }}
  {{- if .enabled }}
  {{ $kind }}:
    {{- merge (dict "httpGet" (dict "path" .path "port" "http")) (omit . "enabled" "path") | toYaml | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- end }}
  {{- with include "aidaptivcache.resources" .Values.resources | trim }}
  resources:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with .Values.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "aidaptivcache.mounts" (dict "root" . "server" true) | trim }}
  volumeMounts:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Without a postscript, the server replaces the shell and receives SIGTERM. With one, the shell forwards the signal. */}}
{{- define "aidaptivcache.serverScript" -}}
{{- with .Values.vllm }}
{{- with .waiting }}
sleep {{ int64 . }}
{{- end }}
{{- if $.Values.postscript | default "" | trim }}
trap 'stopped=yes; [ -z "$server" ] || kill -TERM "$server"' TERM INT
python3 {{ .script }} "$@" &
{{ $.Files.Get "files/outlive-server.sh" | trim }}
{{ $.Values.postscript | trim | include "aidaptivcache.verbatim" }}
exit "$status"
{{- else }}
exec python3 {{ .script }} "$@"
{{- end }}
{{- end }}
{{- end }}

{{- define "aidaptivcache.initContainers" -}}
{{- $script := .Values.prescript | default "" | trim -}}
{{- with .Values.initContainer -}}
{{- if and .enabled (or $script .modelSourcePath) -}}
- name: prescript
  image: {{ printf "%s:%s" .image.repository (include "aidaptivcache.text" .image.tag) | quote }}
  imagePullPolicy: {{ .image.pullPolicy }}
  command:
    - /bin/sh
    - "-c"
    - |
      {{- if .modelSourcePath }}
      cp -a "$MODEL_SOURCE_PATH" "$SHARED_DATA_PATH/" || exit
      {{- end }}
      {{- $script | include "aidaptivcache.verbatim" | nindent 6 }}
  {{- if .modelSourcePath }}
  env:
    - name: MODEL_SOURCE_PATH
      value: {{ .modelSourcePath | quote }}
    - name: SHARED_DATA_PATH
      value: {{ .sharedDataPath | quote }}
  {{- end }}
  {{- with include "aidaptivcache.resources" .resources | trim }}
  resources:
    {{- . | nindent 4 }}
  {{- end }}
  {{- if .privileged }}
  securityContext:
    privileged: true
  {{- end }}
  volumeMounts:
    {{- include "aidaptivcache.mounts" (dict "root" $ "server" false) | trim | nindent 4 }}
{{- end }}
{{- end }}
{{- end }}
