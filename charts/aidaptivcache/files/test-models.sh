if [ -n "${VLLM_API_KEY:-}" ]; then
  VLLM_API_KEY=
  call --max-time 10 "$url"
  [ "$status" = 401 ] || fail "without the API key the server should answer 401"
fi
