# Shared by the test pods; needs a shell and curl, nothing else.
set -uf

newline='
'
token=/var/run/secrets/kubernetes.io/serviceaccount/token
if [ -z "${API_KEY:-}" ] && [ -r "$token" ]; then API_KEY=$(cat "$token"); fi

# call CURL-ARGUMENT...: sets status and body; status 000 means no answer. curl reads the key from stdin, where no
# process list shows it.
call() {
  reply=$(
    if [ -n "${API_KEY:-}" ]; then printf 'Authorization: Bearer %s\n' "$API_KEY"; fi |
      curl --silent --show-error ${INSECURE:+--insecure} --header @- --write-out '\n%{http_code}' "$@" 2>&1
  )
  status=${reply##*"$newline"}
  body=${reply%"$newline"*}
}

# compact TEXT: the text without blanks, so that a server may format its JSON as it likes
compact() (
  IFS=" 	$newline"
  printf '%s' $1
)

fail() {
  printf 'FAILED: %s\n%s answered with status %s:\n%.1000s\n' "$1" "$url" "$status" "$body"
  exit 1
}

# Which address leads to the server depends on how KServe is configured: the first that lists models counts.
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
