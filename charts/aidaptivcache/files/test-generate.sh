url=$BASE_URL$REQUEST_PATH
call --header 'Content-Type: application/json' --max-time 40 --data-raw "{\"model\":$name,${BODY#\{}" "$url"
[ "$status" = 200 ] || fail "the request was refused"
case $(compact "$body") in
  *'"choices":[{'*) printf "answered: %s\n" "$body" ;;
  *) fail "the answer has no choices" ;;
esac
