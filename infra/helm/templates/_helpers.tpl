{{- define "atsflow.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "atsflow.selector" -}}
app.kubernetes.io/name: atsflow
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "atsflow.labels" -}}
app.kubernetes.io/name: atsflow
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* Where /livez, /readyz and /metrics are. */}}
{{- define "atsflow.healthPort" -}}
{{- get (dict "ingress" 8093 "normalizer" 8091 "pulsifi-sink" 8092 "console" 8094) .name -}}
{{- end }}

{{- define "atsflow.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* What the schema cannot compare. */}}
{{- define "atsflow.check" -}}
{{- $values := .Values }}
{{- range $name := list "normalizer" "pulsifi-sink" }}
{{- if gt (int (get $values $name).replicas) (int $values.partitions) }}
{{- fail (printf "%s.replicas is above partitions (%d): more instances would own nothing" $name (int $values.partitions)) }}
{{- end }}
{{- end }}
{{- if gt (int .Values.autoscaling.minReplicas) (int .Values.partitions) }}
{{- fail "autoscaling.minReplicas is above partitions: more instances would own nothing" }}
{{- end }}
{{- if not (or .Values.blobs.s3Bucket .Values.blobs.existingClaim) }}
{{- fail "instances share no disk: set blobs.s3Bucket, or blobs.existingClaim to a claim that several nodes can write" }}
{{- end }}
{{- if and .Values.console.enabled (not (or .Values.console.token.secret .Values.console.users.secret)) }}
{{- fail "the console shows itself to nobody without a secret: set console.token.secret or console.users.secret" }}
{{- end }}
{{- if and .Values.externalSecret.enabled (not .Values.secret) }}
{{- fail "externalSecret makes the Secret that secret names: name it there" }}
{{- end }}
{{- end }}

{{/* The console asks each instance; those that scaling adds are Prometheus' to see. */}}
{{- define "atsflow.scrape" -}}
{{- $full := include "atsflow.fullname" . }}
{{- $targets := list }}
{{- range $name := list "ingress" "normalizer" "pulsifi-sink" }}
{{- $count := int (get $.Values $name).replicas }}
{{- if and $.Values.autoscaling.enabled (ne $name "ingress") }}{{ $count = int $.Values.autoscaling.minReplicas }}{{ end }}
{{- $port := include "atsflow.healthPort" (dict "name" $name) }}
{{- range $number := until $count }}
{{- $targets = append $targets (printf "%s-%d=http://%s-%s-%d.%s-%s:%s/metrics" $name $number $full $name $number $full $name $port) }}
{{- end }}
{{- end }}
{{- join "," $targets }}
{{- end }}

{{- define "atsflow.env" -}}
{{- $root := .root }}{{- $name := .name }}{{- $values := $root.Values }}
- { name: KAFKA_BROKERS, value: {{ $values.kafka.brokers | quote }} }
- { name: SCHEMA_REGISTRY_URL, value: {{ $values.kafka.schemaRegistryUrl | quote }} }
- { name: PARTITIONS, value: {{ $values.partitions | quote }} }
- { name: HEALTH_HOST, value: "0.0.0.0" }
{{- with $values.kafka.saslMechanism }}
- { name: KAFKA_SASL_MECHANISM, value: {{ . }} }
- { name: KAFKA_SASL_USERNAME, value: {{ $name }} }
- name: KAFKA_SASL_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ get $values.kafka.userSecrets $name }}, key: password } }
{{- end }}
{{- if $values.kafka.tls.enabled }}
- { name: KAFKA_SSL, value: "true" }
{{- if $values.kafka.tls.caSecret }}
- { name: KAFKA_SSL_CA_FILE, value: /run/atsflow/kafka/{{ $values.kafka.tls.caKey }} }
{{- end }}
{{- end }}
{{- if and $values.blobs.s3Bucket (ne $name "pulsifi-sink") }}
- { name: BLOB_S3_BUCKET, value: {{ $values.blobs.s3Bucket | quote }} }
- { name: BLOB_S3_REGION, value: {{ $values.blobs.s3Region | quote }} }
{{- with $values.blobs.s3Endpoint }}
- { name: BLOB_S3_ENDPOINT, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- if $values.connections.secret }}
- { name: CONNECTIONS_FILE, value: /run/atsflow/connections/{{ $values.connections.key }} }
{{- end }}
{{- if eq $name "console" }}
- { name: CONSOLE_SCRAPE, value: {{ include "atsflow.scrape" $root | quote }} }
{{- with $values.console.token }}
{{- if .secret }}
- name: CONSOLE_TOKEN
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .key }} } }
{{- end }}
{{- end }}
{{- if $values.console.users.secret }}
- { name: CONSOLE_USERS_FILE, value: /run/atsflow/users/{{ $values.console.users.key }} }
{{- end }}
{{- end }}
{{- /* What a process reads of the Secret that all share, and nothing else of it; what has been set above comes from elsewhere. */}}
{{- with $values.secret }}
{{- $from := . }}
{{- $set := list (ternary "KAFKA_SASL_PASSWORD" "" (ne $values.kafka.saslMechanism "")) (ternary "CONSOLE_TOKEN" "" (ne $values.console.token.secret "")) }}
{{- range $key := get ($root.Files.Get "generated/secrets.yaml" | fromYaml) $name }}
{{- if not (has $key $set) }}
- name: {{ $key }}
  valueFrom: { secretKeyRef: { name: {{ $from }}, key: {{ $key }}, optional: true } }
{{- end }}
{{- end }}
{{- end }}
{{- range $key, $value := merge (dict) (get $values $name).settings $values.settings }}
- { name: {{ $key }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end }}

{{- define "atsflow.probe" -}}
httpGet: { path: {{ . }}, port: health }
timeoutSeconds: 3
{{- end }}

{{/* The pod of one process. */}}
{{- define "atsflow.pod" -}}
{{- $root := .root }}{{- $name := .name }}{{- $values := $root.Values }}{{- $own := get $values $name }}
metadata:
  labels:
    {{- include "atsflow.selector" . | nindent 4 }}
    app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
  {{- with $values.podAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "atsflow.fullname" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  # Above the deadline that a process has for its end (10 s) and the wait before it.
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  topologySpreadConstraints:
    {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: {{ $values.topologySpread.whenUnsatisfiable }}
      labelSelector:
        matchLabels: {{- include "atsflow.selector" (dict "root" $root "name" $name) | nindent 10 }}
    {{- end }}
  {{- with $values.image.pullSecrets }}
  imagePullSecrets: {{- range . }}
    - { name: {{ . }} }
    {{- end }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ $name }}
      image: {{ include "atsflow.image" $root | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: [services/{{ $name }}/main.ts]
      ports:
        - { name: health, containerPort: {{ include "atsflow.healthPort" . }} }
        {{- if eq $name "ingress" }}
        - { name: webhooks, containerPort: 8080 }
        {{- end }}
        {{- if eq $name "console" }}
        - { name: page, containerPort: 8090 }
        {{- end }}
      env: {{- include "atsflow.env" . | nindent 8 }}
      {{- with $own.secrets }}
      envFrom:
        {{- range . }}
        - secretRef: { name: {{ . }} }
        {{- end }}
      {{- end }}
      # The port answers as soon as a process runs, whatever it waits for; readiness comes when its state is restored.
      startupProbe:
        {{- include "atsflow.probe" "/livez" | nindent 8 }}
        periodSeconds: 3
        failureThreshold: 40
      # A process that stands still ends by itself after 80 s; this is for one that cannot even do that.
      livenessProbe:
        {{- include "atsflow.probe" "/livez" | nindent 8 }}
        periodSeconds: 15
        failureThreshold: 4
      readinessProbe:
        {{- include "atsflow.probe" "/readyz" | nindent 8 }}
        periodSeconds: 5
        failureThreshold: 2
      {{- if or (eq $name "ingress") (eq $name "console") }}
      # Until nobody sends requests here any more.
      lifecycle: { preStop: { sleep: { seconds: 5 } } }
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      resources: {{- toYaml $own.resources | nindent 8 }}
      volumeMounts:
        - { name: data, mountPath: /data }
        - { name: tmp, mountPath: /tmp }
        {{- if eq $name "ingress" }}
        - { name: spool, mountPath: /data/spool }
        {{- end }}
        {{- if and $values.blobs.existingClaim (ne $name "pulsifi-sink") }}
        - { name: blobs, mountPath: /data/blobs }
        {{- end }}
        {{- if and $values.kafka.tls.enabled $values.kafka.tls.caSecret }}
        - { name: kafka-ca, mountPath: /run/atsflow/kafka, readOnly: true }
        {{- end }}
        {{- if $values.connections.secret }}
        - { name: connections, mountPath: /run/atsflow/connections, readOnly: true }
        {{- end }}
        {{- if and (eq $name "console") $values.console.users.secret }}
        - { name: users, mountPath: /run/atsflow/users, readOnly: true }
        {{- end }}
  volumes:
    - { name: tmp, emptyDir: {} }
    {{- if eq $name "console" }}
    - { name: data, emptyDir: { sizeLimit: {{ $own.cacheSize }} } }
    {{- else if eq $name "ingress" }}
    - { name: data, emptyDir: {} }
    {{- end }}
    {{- if and $values.blobs.existingClaim (ne $name "pulsifi-sink") }}
    - { name: blobs, persistentVolumeClaim: { claimName: {{ $values.blobs.existingClaim }} } }
    {{- end }}
    {{- if and $values.kafka.tls.enabled $values.kafka.tls.caSecret }}
    - { name: kafka-ca, secret: { secretName: {{ $values.kafka.tls.caSecret }} } }
    {{- end }}
    {{- if $values.connections.secret }}
    - { name: connections, secret: { secretName: {{ $values.connections.secret }} } }
    {{- end }}
    {{- if and (eq $name "console") $values.console.users.secret }}
    - { name: users, secret: { secretName: {{ $values.console.users.secret }} } }
    {{- end }}
{{- end }}
