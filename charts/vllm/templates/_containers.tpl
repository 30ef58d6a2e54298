{{- define "vllm.serverContainer" -}}
- name: vllm
  image: {{ include "vllm.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  {{- /* Not every image starts the server from its entrypoint, so the command is always set. */}}
  {{- if .Values.init_drop_cache }}
  command: ["/bin/sh", "-c"]
  args:
    - {{ .Files.Get "files/drop-cache.sh" | trim | quote }}
    - "drop-cache"
    - "vllm"
    - "serve"
  {{- else }}
  command: ["vllm", "serve"]
  args:
  {{- end }}
    {{- include "vllm.args" . | nindent 4 }}
  env:
    {{- include "vllm.env" . | trim | nindent 4 }}
  {{- with .Values.vllm.envFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - name: http
      containerPort: {{ int64 .Values.vllm.port }}
      protocol: TCP
  {{- if .Values.startupProbe.enabled }}
  startupProbe:
    {{- include "vllm.startupProbe" . | nindent 4 }}
  {{- end }}
  {{- if .Values.livenessProbe.enabled }}
  livenessProbe:
    {{- include "vllm.livenessProbe" . | nindent 4 }}
  {{- end }}
  {{- if .Values.readinessProbe.enabled }}
  readinessProbe:
    {{- include "vllm.readinessProbe" . | nindent 4 }}
  {{- end }}
  {{- with .Values.lifecycle }}
  lifecycle:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "vllm.serverResources" . }}
  resources:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with include "vllm.securityContext" . }}
  securityContext:
    {{- . | nindent 4 }}
  {{- end }}
  volumeMounts:
    {{- include "vllm.modelMount" . | nindent 4 }}
    {{- if .Values.shm.enabled }}
    - name: dshm
      mountPath: /dev/shm
    {{- end }}
    {{- with .Values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "vllm.modelMount" -}}
- name: model-storage
  mountPath: {{ .Values.persistence.mountPath | quote }}
  {{- with .Values.persistence.subPath }}
  subPath: {{ . | quote }}
  {{- end }}
{{- end }}

{{- define "vllm.initContainers" -}}
{{- if include "vllm.downloadsModel" . -}}
{{- include "vllm.downloadContainer" . }}
{{ end -}}
{{- with .Values.extraInitContainers }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/*
The init container that downloads the model. It gets the server's environment, because the download needs the proxies,
the mirrors and the token.
*/}}
{{- define "vllm.downloadContainer" -}}
- name: download-model
  image: {{ .Values.modelDownload.image | default (include "vllm.image" .) | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command:
    - python3
    - "-c"
    - |
      {{- .Files.Get "files/download-model.py" | trim | nindent 6 }}
  args:
    - {{ .Values.vllm.model | quote }}
    - {{ .Values.vllm.revision | default "" | quote }}
  env:
    {{- range include "vllm.env" . | fromYamlArray }}
    {{- if not (has .name (list "HF_HUB_OFFLINE" "VLLM_API_KEY")) }}
    {{- list . | toYaml | nindent 4 }}
    {{- end }}
    {{- end }}
  {{- with .Values.vllm.envFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "vllm.resources" (dict "resources" .Values.modelDownload.resources "omit" list) | trim }}
  resources:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with .Values.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    {{- include "vllm.modelMount" . | nindent 4 }}
{{- end }}
