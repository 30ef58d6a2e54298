{{/*
A pod of `helm test`. Args: root, test (a script below files/, without .sh), weight (hooks run in its order), variables
(a map of environment variables).
*/}}
{{- define "nim-llm.testPod" -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "nim-llm.fullname" .root }}-{{ .test }}
  labels:
    # Neither a Service nor an autoscaler may count this pod.
    app.kubernetes.io/name: {{ include "nim-llm.name" .root | trunc 58 | trimSuffix "-" }}-test
    app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
    {{- include "nim-llm.commonLabels" .root | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: {{ .weight | quote }}
    helm.sh/hook-delete-policy: before-hook-creation
    helm.sh/hook-output-log-policy: hook-failed
    sidecar.istio.io/inject: "false"
{{- with .root.Values.tests }}
spec:
  restartPolicy: Never
  activeDeadlineSeconds: {{ add (int64 .timeoutSeconds) 30 }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $.root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with concat ($.root.Values.tolerations | default list) (.tolerations | default list) }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "nim-llm.withoutNulls" .podSecurityContext }}
  securityContext:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ $.test }}
      image: {{ .image | quote }}
      {{- with .imagePullPolicy }}
      imagePullPolicy: {{ . }}
      {{- end }}
      command: ["/bin/sh", "-c"]
      args:
        - |
          {{- $.root.Files.Get "files/test-request.sh" | trim | replace "$(" "$$(" | nindent 10 }}
          {{- $.root.Files.Get (printf "files/%s.sh" $.test) | trim | replace "$(" "$$(" | nindent 10 }}
      env:
        - name: BASE_URL
          value: {{ printf "http://%s:%s" (include "nim-llm.serviceName" $.root) (include "nim-llm.servicePort" $.root) | quote }}
        - name: TIMEOUT
          value: {{ int64 .timeoutSeconds | quote }}
        {{- range $name, $value := $.variables }}
        - name: {{ $name }}
          value: {{ $value | replace "$(" "$$(" | quote }}
        {{- end }}
      {{- with include "nim-llm.resources" .resources }}
      resources:
        {{- . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
{{- end }}
{{- end }}
