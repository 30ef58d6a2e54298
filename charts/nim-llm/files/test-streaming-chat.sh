request 60 "$BASE_URL/v1/chat/completions" --no-buffer --header 'Content-Type: application/json' --data-binary "$BODY"
events=$(printf '%s' "$body" | tr -d '\r' | sed '/^$/d')
printf '%s\n' "$events" | grep -q '^data: {.*"choices"' || fail "no event has choices"
[ "${events##*"$newline"}" = 'data: [DONE]' ] || fail "the stream ends without [DONE]"
printf 'answered: %s\n' "$events"
