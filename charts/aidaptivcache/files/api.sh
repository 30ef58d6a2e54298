# Shared by the test pods; needs a shell and curl, nothing else.
set -uf

newline='
'

# call CURL-ARGUMENT...: sets status and body; status 000 means no answer. curl reads the key from stdin, where no
# process list shows it.
call() {
  reply=$(
    if [ -n "${VLLM_API_KEY:-}" ]; then printf 'Authorization: Bearer %s\n' "$VLLM_API_KEY"; fi |
      curl --silent --show-error --header @- --write-out '\n%{http_code}' "$@"
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

# curl keeps trying until TIMEOUT is over; the tries that fail print nothing. The last answer counts.
url=$BASE_URL/v1/models
call --fail --output /dev/null --max-time 10 \
  --retry 100000 --retry-all-errors --retry-delay 3 --retry-max-time "$TIMEOUT" "$url"
call --max-time 10 "$url"
[ "$status" = 200 ] || fail "the server is not ready after $TIMEOUT s"
