{{/* The mounts of a container. Args: root, server (true for the server, which gets two more than the init container). */}}
{{- define "aidaptivcache.mounts" -}}
{{- with .root.Values }}
{{- if .initContainer.enabled }}
- name: shared-data
  mountPath: {{ .initContainer.sharedDataPath | quote }}
{{- end }}
{{- if and .volumes.dshm.enabled $.server }}
- name: dshm
  mountPath: /dev/shm
{{- end }}
{{- range $name := list "pvc" "nfs" }}
{{- with index $.root.Values.volumes $name }}
{{- if .enabled }}
- name: {{ $name }}-volume
  mountPath: {{ .mountPath | quote }}
  {{- if .readOnly }}
  readOnly: true
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .modelImage.enabled $.server }}
- name: model-volume
  mountPath: {{ .modelImage.mountPath | quote }}
  readOnly: true
{{- end }}
{{- with .extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "aidaptivcache.volumes" -}}
{{- if .Values.initContainer.enabled }}
- name: shared-data
  emptyDir: {}
{{- end }}
{{- with .Values.volumes.dshm }}
{{- if .enabled }}
- name: dshm
  emptyDir:
    medium: Memory
    sizeLimit: {{ .sizeLimit }}
{{- end }}
{{- end }}
{{- with .Values.volumes.pvc }}
{{- if .enabled }}
- name: pvc-volume
  persistentVolumeClaim:
    claimName: {{ .claimName | required "volumes.pvc.enabled needs volumes.pvc.claimName" | quote }}
{{- end }}
{{- end }}
{{- with .Values.volumes.nfs }}
{{- if .enabled }}
- name: nfs-volume
  nfs:
    server: {{ .server | required "volumes.nfs.enabled needs volumes.nfs.server" | quote }}
    path: {{ .path | required "volumes.nfs.enabled needs volumes.nfs.path" | quote }}
{{- end }}
{{- end }}
{{- with .Values.modelImage }}
{{- if .enabled }}
- name: model-volume
  image:
    reference: {{ .reference | required "modelImage.enabled needs modelImage.reference" | quote }}
    pullPolicy: {{ .pullPolicy }}
{{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
