{{/*
A pod of `helm test`. Args: root, script (a file below files/, without .sh), weight (hooks run in its order),
variables (a map of environment variables).
*/}}
{{- define "aidaptivcache.testPod" -}}
{{- $names := list }}
{{- range include "aidaptivcache.acceptedNames" .root | fromJsonArray }}{{ $names = append $names (toRawJson .) }}{{ end -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "aidaptivcache.fullname" .root }}-{{ .script }}
  labels:
    app.kubernetes.io/name: {{ include "aidaptivcache.name" .root | trunc 58 | trimSuffix "-" }}-test
    app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
    {{- include "aidaptivcache.commonLabels" .root | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: {{ .weight | quote }}
    helm.sh/hook-delete-policy: before-hook-creation
    helm.sh/hook-output-log-policy: hook-failed
    sidecar.istio.io/inject: "false"
{{- with .root.Values }}
spec:
  restartPolicy: Never
  activeDeadlineSeconds: {{ add (int64 .tests.timeoutSeconds) 60 }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .tests.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .tests.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: {{ $.script }}
      image: {{ .tests.image | quote }}
      imagePullPolicy: {{ .tests.imagePullPolicy }}
      command: ["/bin/sh", "-c"]
      args:
        - |
          {{- range list "api" "served-name" $.script }}
          {{- $.root.Files.Get (printf "files/%s.sh" .) | trim | nindent 10 }}
          {{- end }}
      env:
        - name: BASE_URL
          value: {{ printf "http://%s:%d" (include "aidaptivcache.fullname" $.root) (int64 .service.port) | quote }}
        - name: TIMEOUT
          value: {{ int64 .tests.timeoutSeconds | quote }}
        - name: NAMES
          value: {{ join "\n" $names | quote }}
        {{- range $name, $value := $.variables }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- include "aidaptivcache.testKey" $.root | nindent 8 }}
      resources:
        requests: {cpu: 10m, memory: 32Mi}
        limits: {memory: 64Mi}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
{{- end }}
{{- end }}

{{- define "aidaptivcache.testKey" -}}
{{- with .Values.tests.apiKeySecret.name }}
- name: VLLM_API_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: {{ $.Values.tests.apiKeySecret.key | quote }}
{{- else }}
{{- range include "aidaptivcache.env" . | fromYamlArray }}
{{- if eq .name "VLLM_API_KEY" }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
