{{- define "nim-llm.storageNote" -}}
{{- if include "nim-llm.claimTemplate" . -}}
in a claim per replica, model-store-{{ include "nim-llm.statefulSetName" . }}-0 and so on, which `helm uninstall` does not delete
{{- else if and .Values.persistence.enabled .Values.persistence.existingClaim -}}
in the claim {{ .Values.persistence.existingClaim }}
{{- else if .Values.persistence.enabled -}}
in the claim {{ include "nim-llm.fullname" . }}, which `helm uninstall` deletes unless it has the annotation helm.sh/resource-policy: keep
{{- else if .Values.hostPath.enabled -}}
in the directory {{ .Values.hostPath.path }} of the node
{{- else if .Values.nfs.enabled -}}
on {{ .Values.nfs.server }}:{{ .Values.nfs.path }}
{{- else -}}
in an emptyDir. WARNING: every new pod downloads them again, to the disk of its node. To keep them, set persistence, hostPath or nfs
{{- end -}}
{{- end }}

{{- define "nim-llm.secretsNote" }}
{{- $model := .Values.model }}
{{- $secrets := list }}
{{- if $model.ngcAPIKey }}

The chart created the Secrets {{ $model.ngcAPISecret }} and {{ (first .Values.imagePullSecrets).name }} from model.ngcAPIKey. The key can be
read in the release (`helm get values`). If you create these Secrets yourself, leave model.ngcAPIKey empty.
{{- else }}
{{- range .Values.imagePullSecrets }}{{ $secrets = append $secrets (printf "%s, an image pull secret for nvcr.io" .name) }}{{ end }}
{{- with $model.ngcAPISecret }}
{{- $secrets = append $secrets (printf "%s with the key %s" . ($model.ngcAPISecretKey | default "NGC_API_KEY")) }}
{{- end }}
{{- end }}
{{- with $model.hfTokenSecret }}
{{- $secrets = append $secrets (printf "%s with the key %s" . ($model.hfTokenSecretKey | default "HF_TOKEN")) }}
{{- end }}
{{- with .Values.lora }}
{{- if and .repositories .tokenSecret }}
{{- $secrets = append $secrets (printf "%s with the key %s" .tokenSecret (.tokenSecretKey | default "HF_TOKEN")) }}
{{- end }}
{{- end }}
{{- with .Values.proxyCA }}
{{- if .enabled }}
{{- $secrets = append $secrets (printf "%s with the key %s" .secretName (.keyName | default "ca.crt")) }}
{{- end }}
{{- end }}
{{- with .Values.multiNode }}
{{- if and .enabled .leaderWorkerSet.enabled .existingSSHSecret }}
{{- $secrets = append $secrets (printf "%s with the key private.key" .existingSSHSecret) }}
{{- end }}
{{- end }}
{{- with $secrets }}

The release needs these Secrets in the namespace {{ $.Release.Namespace }}:
{{ range . }}
  {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "nim-llm.multiNodeNote" }}
{{- $workload := include "nim-llm.workload" . | fromYaml }}
{{- $operator := "LeaderWorkerSet (leaderworkerset.x-k8s.io/v1)" }}
{{- if eq $workload.kind "MPIJob" }}{{ $operator = "the MPI operator (kubeflow.org/v2beta1)" }}{{ end }}

To follow its progress:

  kubectl --namespace {{ .Release.Namespace }} get {{ lower $workload.kind }} {{ $workload.name }}
  kubectl --namespace {{ .Release.Namespace }} get pods --selector app.kubernetes.io/instance={{ .Release.Name }}

A multi-node deployment needs {{ $operator }} in the cluster
{{- if include "nim-llm.startsCluster" . }} and an image of NIM 1.3 to 1.6. Later images start
the cluster themselves and need multiNode.launcher: image{{ end }}. Older images, such as the default tag 1.0.3, do not support it.
{{- if eq $workload.kind "MPIJob" }}

The workers of an MPIJob have no probes, so the Service has endpoints before the model is loaded. An MPIJob is neither scaled
nor restarted.
{{- end }}
{{- end }}
