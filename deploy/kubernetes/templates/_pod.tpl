{{- define "spgl.env" -}}
- {name: PATH, value: "/opt/spgl/.venv/bin:/usr/local/bin:/usr/bin:/bin"}
- {name: PYTHONPATH, value: /opt/spgl}
- {name: AIRFLOW_HOME, value: /opt/spgl}
- {name: AIRFLOW_CONFIG, value: /opt/spgl/airflow.cfg}
- {name: SPGL_STATE, value: /var/lib/spgl}
- {name: SPGL_CONNECTIONS, value: /etc/spgl/connections.toml}
- {name: SPGL_AIRFLOW_HOST, value: {{ .Release.Name }}-api}
- {name: AIRFLOW__CORE__EXECUTION_API_SERVER_URL, value: "http://{{ .Release.Name }}-api:8080/execution/"}
- {name: AIRFLOW__LOGGING__BASE_LOG_FOLDER, value: /var/lib/spgl/airflow/logs}
- {name: AIRFLOW__API__HOST, value: 0.0.0.0}
- {name: AIRFLOW__CORE__EXECUTOR, value: KubernetesExecutor}
- {name: AIRFLOW__CORE__PARALLELISM, value: {{ .Values.parallelism | quote }}}
- {name: AIRFLOW__KUBERNETES_EXECUTOR__NAMESPACE, value: {{ .Release.Namespace }}}
- {name: AIRFLOW__KUBERNETES_EXECUTOR__POD_TEMPLATE_FILE, value: /etc/spgl-pod/pod.yaml}
- {name: AIRFLOW__KUBERNETES_EXECUTOR__DELETE_WORKER_PODS, value: "True"}
{{- end }}

{{- define "spgl.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "spgl.mounts" -}}
- {name: state, mountPath: /var/lib/spgl}
- {name: connections, mountPath: /etc/spgl, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "spgl.volumes" -}}
- {name: state, persistentVolumeClaim: {claimName: {{ .Values.state }}}}
- {name: connections, secret: {secretName: {{ .Values.connections }}, defaultMode: 0400}}
- {name: tmp, emptyDir: {}}
{{- end }}

{{- define "spgl.pod-security" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: {type: RuntimeDefault}
{{- end }}
