# Fails unless the head is serving. /health does not depend on the name of the model.
host=${HEAD_SVC:+$HEAD_SVC.$POD_NAMESPACE.svc}
curl --silent --show-error --fail --output /dev/null --max-time 10 "http://${host:-127.0.0.1}:8080/health"
