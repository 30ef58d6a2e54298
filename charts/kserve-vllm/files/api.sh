# Shared by the test pods. Needs only a shell and curl.
set -uf

newline='
'
token=/var/run/secrets/kubernetes.io/serviceaccount/token
if [ -z "${API_KEY:-}" ] && [ -r "$token" ]; then API_KEY=$(cat "$token"); fi

# call CURL-ARGUMENT...: sets status and body; status 000 means no answer. curl reads the key from stdin, so that it does
# not appear in a process list.
call() {
  reply=$(
    if [ -n "${API_KEY:-}" ]; then printf 'Authorization: Bearer %s\n' "$API_KEY"; fi |
      curl --silent --show-error ${INSECURE:+--insecure} --header @- --write-out '\n%{http_code}' "$@" 2>&1
  )
  status=${reply##*"$newline"}
  body=${reply%"$newline"*}
}

# compact TEXT: prints the text without whitespace, because servers format their JSON differently
compact() (
  IFS=" 	$newline"
  printf '%s' $1
)

fail() {
  printf 'FAILED: %s\n%s answered with status %s:\n%.1000s\n' "$1" "$url" "$status" "$body"
  exit 1
}

# The address of the server depends on the configuration of KServe. The first address that lists models is used.
deadline=$(($(date +%s) + TIMEOUT))
status=
until [ "$status" = 200 ]; do
  for base in $URLS; do
    url=$base/v1/models
    call --max-time 10 "$url"
    [ "$status" != 200 ] || break
  done
  [ "$status" = 200 ] || [ "$(date +%s)" -lt "$deadline" ] || fail "the server is not ready after $TIMEOUT s"
  [ "$status" = 200 ] || sleep 3
done
