# Shared by the test pods. Needs a shell, curl, grep, tr and sed.
set -uf

newline='
'

fail() {
  printf 'FAILED: %s\n%s answered with status %s:\n%.1000s\n' "$1" "$url" "$status" "$body"
  exit 1
}

# request SECONDS URL CURL-ARGUMENT...: retries until it gets a 200 or TIMEOUT has passed; sets body. Each attempt may take
# SECONDS. Status 000 means no answer.
request() {
  seconds=$1
  url=$2
  shift 2
  deadline=$(($(date +%s) + TIMEOUT))
  status=000
  body=
  while left=$((deadline - $(date +%s))) && [ "$left" -gt 0 ]; do
    try "$@"
    case $status in
      200) return ;;
      000 | 404 | 408 | 429 | 5??) sleep 3 ;;
      *) fail "the request was refused" ;;
    esac
  done
  fail "no usable answer within $TIMEOUT s"
}

try() {
  [ "$left" -le "$seconds" ] || left=$seconds
  if reply=$(curl --silent --show-error --max-time "$left" --write-out '\n%{http_code}' "$@" "$url" 2>&1); then
    status=${reply##*"$newline"}
    body=${reply%"$newline"*}
  else
    status=000
    body=$reply
  fi
}

# compact TEXT: prints the text without whitespace and escaped slashes, because servers format their JSON differently
compact() {
  printf '%s' "$1" | tr -d ' \t\r\n' | sed 's#\\/#/#g'
}
