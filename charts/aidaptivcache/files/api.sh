# Shared by the test pods. Needs only a shell and curl.
set -uf

newline='
'

# call CURL-ARGUMENT...: sets status and body; status 000 means no answer. curl reads the key from stdin, so that it does
# not appear in a process list.
call() {
  reply=$(
    if [ -n "${VLLM_API_KEY:-}" ]; then printf 'Authorization: Bearer %s\n' "$VLLM_API_KEY"; fi |
      curl --silent --show-error --header @- --write-out '\n%{http_code}' "$@"
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

# The first call retries until TIMEOUT and prints nothing. The second call gets the answer.
url=$BASE_URL/v1/models
call --fail --output /dev/null --max-time 10 \
  --retry 100000 --retry-all-errors --retry-delay 3 --retry-max-time "$TIMEOUT" "$url"
call --max-time 10 "$url"
[ "$status" = 200 ] || fail "the server is not ready after $TIMEOUT s"
