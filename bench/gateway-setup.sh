# Sourced by gateway.sh: the upstream as a vendor with two models, and 64 customers with a key and a plan that does not run out.
api POST vendors "{\"id\":\"bench\",\"baseUrl\":\"http://127.0.0.1:$upstream/v1\",\"apiKey\":\"bench\",\"allowPrivateAddress\":true}" >/dev/null
api POST vendors "{\"id\":\"bench-stream\",\"baseUrl\":\"http://127.0.0.1:$upstream/stream/v1\",\"apiKey\":\"bench\",\"allowPrivateAddress\":true}" >/dev/null
api POST vendors "{\"id\":\"bench-messages\",\"baseUrl\":\"http://127.0.0.1:$upstream/anthropic/v1\",\"apiKey\":\"bench\",\"allowPrivateAddress\":true,\"apis\":[\"anthropic-messages\"]}" >/dev/null
for model in bench bench-stream bench-messages; do
  api PUT "models/$model" '{"name":"Bench","ownedBy":"bench","contextTokens":128000,"outputTokensMax":8192,"price":{"currency":"CNY","tiers":[{"price":{"input":"2","cached_input":"0.2","output":"8"},"weights":{"general-token":{"input":"0.01","cached_input":"0.01","output":"0.01"}}}]}}' >/dev/null
  api PUT "models/$model/deployments" "{\"vendor\":\"$model\"}" >/dev/null
done
for i in $(seq 10 73); do
  customer=$(api POST customers "{\"phoneNumber\":\"+86139000001$i\",\"name\":\"bench $i\"}" | jq -r .id)
  for plan in 1 2 3 4; do api POST orders "{\"customer\":\"$customer\",\"offering\":\"plan-premium\"}" >/dev/null; done
  api POST "customers/$customer/keys" '{"name":"bench"}' | jq -r .key
done > "$work/keys"
