server=$!
[ -z "$stopped" ] || kill -TERM "$server"
wait "$server"; status=$?
while kill -0 "$server" 2>/dev/null; do wait "$server"; status=$?; done
