{{/* The init containers of every pod that serves the model. */}}
{{- define "nim-llm.initContainers" -}}
{{- if and .Values.initContainers.ngcInit (not .Values.multiNode.enabled) }}
{{ include "nim-llm.ngcInit" . }}
{{- end }}
{{- if .Values.lora.repositories }}
{{ include "nim-llm.loraInit" . }}
{{- end }}
{{- with .Values.initContainers.extraInit }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Downloads a model for a pre-1.0 image. */}}
{{- define "nim-llm.ngcInit" -}}
{{- $init := .Values.initContainers.ngcInit -}}
{{- $defaults := dict "STORE_MOUNT_PATH" "/model-store" "NGC_EXE" "ngc" "DOWNLOAD_NGC_CLI" "false" -}}
{{- $env := merge (dict) $init.env $defaults -}}
{{- $tag := $init.imageTag | default "latest" -}}
- name: ngc-model-puller
  image: {{ printf "%s:%s" ($init.imageName | default "eclipse/debian_jre") (include "nim-llm.text" $tag) | quote }}
  command: ["/bin/bash", "-c", "/scripts/ngc_pull.sh"]
  {{- with include "nim-llm.withoutNulls" $init.containerSecurityContext }}
  securityContext:
    {{- . | nindent 4 }}
  {{- end }}
  env:
    - name: NGC_CLI_API_KEY
      valueFrom:
        secretKeyRef:
          name: {{ $init.secretName | quote }}
          key: NGC_CLI_API_KEY
    - name: NGC_DECRYPT_KEY
      valueFrom:
        secretKeyRef:
          name: {{ $init.secretName | quote }}
          key: NGC_DECRYPT_KEY
          optional: true
    {{- range $name, $value := $env }}
    - name: {{ $name }}
      value: {{ include "nim-llm.text" $value | quote }}
    {{- end }}
  volumeMounts:
    - name: scripts-volume
      mountPath: /scripts
    - name: model-store
      {{- if regexMatch "^/model-store(/|$)" $env.STORE_MOUNT_PATH }}
      mountPath: "/model-store"
      {{- else }}
      mountPath: {{ $env.STORE_MOUNT_PATH | quote }}
      {{- end }}
{{- end }}

{{/* The directory of the adapters: the value of NIM_PEFT_SOURCE in env if there is one, otherwise lora.source. */}}
{{- define "nim-llm.loraSource" -}}
{{- $source := .Values.lora.source -}}
{{- range .Values.env -}}
{{- if and (eq .name "NIM_PEFT_SOURCE") .value }}{{ $source = .value }}{{ end -}}
{{- end -}}
{{- required "NIM_PEFT_SOURCE environment variable must be set." $source -}}
{{- end }}

{{/* Downloads the adapters. Of the user's variables it gets those that the download needs: mirrors and proxies. */}}
{{- define "nim-llm.loraInit" -}}
{{- $lora := .Values.lora -}}
{{- $size := dict -}}
{{- with $lora.cpu }}{{ $_ := set $size "cpu" . }}{{ end -}}
{{- with $lora.memory }}{{ $_ := set $size "memory" . }}{{ end -}}
- name: download-loras
  image: {{ $lora.image | quote }}
  {{- with $lora.imagePullPolicy }}
  imagePullPolicy: {{ . }}
  {{- end }}
  command: ["sh", "/scripts/download_loras.sh"]
  env:
    - name: LORA_REPOSITORIES
      value: {{ join "\n" $lora.repositories | quote }}
    - name: NIM_PEFT_SOURCE
      value: {{ include "nim-llm.loraSource" . | quote }}
    - name: HUB_VERSION
      value: {{ $lora.hubVersion | quote }}
    - name: HOME
      value: /tmp
    - name: HF_HOME
      value: /tmp/hf
    {{- if $lora.tokenSecret }}
    - name: HF_TOKEN
      valueFrom:
        secretKeyRef:
          name: {{ $lora.tokenSecret | quote }}
          key: {{ $lora.tokenSecretKey | default "HF_TOKEN" | quote }}
    {{- else if .Values.model.hfTokenSecret }}
    - name: HF_TOKEN
      valueFrom:
        secretKeyRef:
          name: {{ .Values.model.hfTokenSecret | quote }}
          key: {{ .Values.model.hfTokenSecretKey | default "HF_TOKEN" | quote }}
    {{- end }}
    {{- if .Values.proxyCA.enabled }}
    - name: SSL_CERT_FILE
      value: /opt/nim/proxy-ca
    {{- end }}
    {{- range include "nim-llm.userEnv" . | fromYamlArray }}
    {{- if regexMatch "^(HF_ENDPOINT|PIP_.*|(?i:https?|all|no)_(?i:proxy))$" .name }}
    {{- list . | toYaml | nindent 4 }}
    {{- end }}
    {{- end }}
  {{- with $size }}
  resources:
    requests:
      {{- toYaml . | nindent 6 }}
    limits:
      {{- toYaml . | nindent 6 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    {{- if eq (toString (.Values.podSecurityContext | default dict).runAsUser) "0" }}
    runAsUser: 1000
    {{- end }}
    allowPrivilegeEscalation: false
    capabilities: {drop: [ALL]}
    seccompProfile: {type: RuntimeDefault}
  volumeMounts:
    - name: scripts-volume
      mountPath: /scripts
    - name: lora
      mountPath: {{ include "nim-llm.loraSource" . | quote }}
    - name: lora-tmp
      mountPath: /tmp
    {{- include "nim-llm.proxyCAMount" . | nindent 4 }}
{{- end }}
