request 10 "$BASE_URL/v1/models"
listed=$(compact "$body")
if ! printf '%s' "$listed" | grep -qF "\"id\":$(compact "$MODEL")"; then
  served=$(printf '%s' "$listed" | tr '{,' '\n\n' | sed -n 's/^"id":"\([^"]*\)".*/\1/p' | grep -v '^modelperm-' | tr '\n' ' ')
  fail "model $MODEL is not served; served: $served"
fi
echo "served: $MODEL"
