request 60 "$BASE_URL/v1/completions" --header 'Content-Type: application/json' --data-binary "$BODY"
compact "$body" | grep -qF '"choices":[{' || fail "the answer has no choices"
printf 'answered: %s\n' "$body"
