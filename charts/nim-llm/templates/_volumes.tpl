{{/* "true" if each replica of the StatefulSet gets its own claim. */}}
{{- define "nim-llm.claimTemplate" -}}
{{- $single := and .Values.statefulSet.enabled (not .Values.multiNode.enabled) -}}
{{- with .Values.persistence -}}
{{- if and $single .enabled (not .existingClaim) (ne .accessMode "ReadWriteMany") }}true{{ end -}}
{{- end -}}
{{- end }}

{{/* The source of the volume model-store: the first storage backend that is enabled. */}}
{{- define "nim-llm.modelStore" -}}
{{- if .Values.persistence.enabled -}}
persistentVolumeClaim:
  claimName: {{ .Values.persistence.existingClaim | default (include "nim-llm.fullname" .) }}
{{- else if .Values.hostPath.enabled -}}
hostPath:
  path: {{ .Values.hostPath.path | quote }}
  type: DirectoryOrCreate
{{- else if .Values.nfs.enabled -}}
nfs:
  server: {{ .Values.nfs.server | quote }}
  path: {{ .Values.nfs.path | quote }}
  {{- if .Values.nfs.readOnly }}
  readOnly: true
  {{- end }}
{{- else -}}
emptyDir: {}
{{- end -}}
{{- end }}

{{/* The spec of a claim. */}}
{{- define "nim-llm.claimSpec" -}}
accessModes:
  - {{ .Values.persistence.accessMode }}
resources:
  requests:
    storage: {{ .Values.persistence.size | quote }}
{{- with .Values.persistence.storageClass }}
{{- if eq . "-" }}
storageClassName: ""
{{- else }}
storageClassName: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "nim-llm.volumes" -}}
- name: dshm
  emptyDir:
    medium: Memory
    {{- with .Values.sharedMemory.sizeLimit }}
    sizeLimit: {{ . | quote }}
    {{- end }}
- name: scripts-volume
  configMap:
    name: {{ include "nim-llm.fullname" . }}-scripts-configmap
    defaultMode: 0555
{{- if not (include "nim-llm.claimTemplate" .) }}
- name: model-store
  {{- include "nim-llm.modelStore" . | nindent 2 }}
{{- end }}
{{- if .Values.proxyCA.enabled }}
- name: proxy-ca
  secret:
    secretName: {{ .Values.proxyCA.secretName | required "proxyCA.enabled needs proxyCA.secretName" | quote }}
{{- end }}
{{- if .Values.lora.repositories }}
- name: lora
  emptyDir:
    {{- with .Values.lora.sizeLimit }}
    sizeLimit: {{ . | quote }}
    {{- else }} {}
    {{- end }}
- name: lora-tmp
  emptyDir: {}
{{- end }}
{{- with .Values.extraVolumes }}
{{ include "nim-llm.namedList" . }}
{{- end }}
{{- end }}

{{- define "nim-llm.volumeMounts" -}}
- name: dshm
  mountPath: /dev/shm
- name: scripts-volume
  mountPath: /scripts
- name: model-store
  mountPath: {{ .Values.model.nimCache | quote }}
  {{- if and .Values.model.legacyCompat .Values.model.subPath }}
  subPath: {{ .Values.model.subPath | quote }}
  {{- end }}
{{- include "nim-llm.proxyCAMount" . }}
{{- if .Values.lora.repositories }}
- name: lora
  mountPath: {{ include "nim-llm.loraSource" . | quote }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ include "nim-llm.namedList" . }}
{{- end }}
{{- end }}

{{- define "nim-llm.proxyCAMount" -}}
{{- if .Values.proxyCA.enabled }}
- name: proxy-ca
  mountPath: /opt/nim/proxy-ca
  subPath: {{ .Values.proxyCA.keyName | default "ca.crt" | quote }}
  readOnly: true
{{- end }}
{{- end }}
