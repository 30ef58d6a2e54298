listed=$(compact "$body")
case $listed in
  *"\"id\":$(compact "$NAME")"*) printf 'served: %s\n' "$NAME" ;;
  *) fail "the server does not list $NAME" ;;
esac
