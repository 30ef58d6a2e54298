# The server may list the model by its path, with or without the trailing slash, or by its last segment. The first of these
# names that it lists is used. Names are JSON strings.
listed=$(compact "$body")
IFS=$newline
name=
for accepted in $NAMES; do
  case $listed in
    *"\"id\":$(compact "$accepted")"*)
      name=$accepted
      break
      ;;
  esac
done
[ -n "$name" ] || fail "the server lists none of: $(printf '%s' "$NAMES" | tr '\n' ' ')"
printf 'served: %s\n' "$name"
