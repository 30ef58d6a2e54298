{{/*
A pod of `helm test`. Args: root, script (a file below files/, without .sh), weight (hooks run in its order),
variables (a map of environment variables).
*/}}
{{- define "kserve-vllm.testPod" -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "kserve-vllm.fullname" .root }}-{{ .script }}
  labels:
    app.kubernetes.io/name: {{ include "kserve-vllm.name" .root }}-test
    app.kubernetes.io/instance: {{ .root.Release.Name }}
    {{- include "kserve-vllm.chartLabels" .root | nindent 4 }}
    sidecar.istio.io/inject: "false"
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: {{ .weight | quote }}
    helm.sh/hook-delete-policy: before-hook-creation
    helm.sh/hook-output-log-policy: hook-failed
{{- with .root.Values }}
spec:
  restartPolicy: Never
  activeDeadlineSeconds: {{ add (int64 .tests.timeoutSeconds) 60 }}
  {{- /* An authenticated endpoint expects the token of this account. */}}
  {{- if .endpoint.auth.enabled }}
  serviceAccountName: {{ include "kserve-vllm.fullname" $.root }}-test
  {{- end }}
  automountServiceAccountToken: {{ .endpoint.auth.enabled }}
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
          {{- $.root.Files.Get "files/api.sh" | trim | nindent 10 }}
          {{- $.root.Files.Get (printf "files/%s.sh" $.script) | trim | nindent 10 }}
      env:
        - name: URLS
          value: {{ include "kserve-vllm.testURLs" $.root | quote }}
        - name: TIMEOUT
          value: {{ int64 .tests.timeoutSeconds | quote }}
        {{- if and .endpoint.auth.enabled (not .tests.url) }}
        - name: INSECURE
          value: "true"
        {{- end }}
        {{- with .tests.apiKeySecret }}
        {{- if .name }}
        - name: API_KEY
          valueFrom:
            secretKeyRef:
              name: {{ .name }}
              key: {{ .key }}
        {{- end }}
        {{- end }}
        {{- range $name, $value := $.variables }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      resources:
        requests: {cpu: 10m, memory: 32Mi}
        limits: {memory: 64Mi}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
{{- end }}
{{- end }}

{{/*
Addresses at which the server may be reached, depending on how KServe is configured: port 80 of its Service, the port of
the pod if that Service is headless, or the proxy that checks tokens.
*/}}
{{- define "kserve-vllm.testURLs" -}}
{{- $service := include "kserve-vllm.serviceName" . -}}
{{- $predictor := printf "%s-predictor.%s.svc" $service .Release.Namespace -}}
{{- $urls := list (printf "http://%s" $predictor) -}}
{{- if eq (include "kserve-vllm.mode" .) "Serverless" -}}
{{- $urls = append $urls (printf "http://%s.%s.svc" $service .Release.Namespace) -}}
{{- else -}}
{{- $urls = append $urls (printf "http://%s:8080" $predictor) -}}
{{- if .Values.endpoint.auth.enabled }}{{ $urls = prepend $urls (printf "https://%s:8443" $predictor) }}{{ end -}}
{{- end -}}
{{- .Values.tests.url | default (join " " $urls) | trimSuffix "/" -}}
{{- end }}
